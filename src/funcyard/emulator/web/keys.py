"""The access keys of a site's app: a file that the local host reads, and completes.

The host adds a key for each function that it finds, and for the extensions that have webhooks.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.atomic import locked, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT: Final = "default"
"""Name of the key that every app has."""

_BYTES: Final = 40


@dataclass(frozen=True, slots=True)
class SiteKeys:
    """The keys of a site's app.

    Attributes:
        master: Opens everything.
        host: Opens every function.
        functions: Opens the function of that name.
        system: Opens the webhook of an extension, by the key's name.
        named: Open every function, too, by the names that people gave them.
    """

    master: str
    host: str
    functions: dict[str, str]
    system: dict[str, str]
    named: dict[str, str]


def keys_at(path: Path) -> SiteKeys:
    """Return the keys in a file; it is made, its owner's alone, where there is none.

    Raises:
        OSError: It can be neither read nor written.
    """
    if not path.exists():
        made = {"master": secrets.token_urlsafe(_BYTES), "host": secrets.token_urlsafe(_BYTES)}
        write_atomically(path, json.dumps({**made, "functions": {}}), mode=0o600)
    kept = json.loads(path.read_text(encoding="utf-8"))
    return SiteKeys(
        kept["master"],
        kept["host"],
        kept["functions"],
        kept.get("system", {}),
        kept.get("named", {}),
    )


def set_host_key(path: Path, name: str, value: str | None) -> None:
    """Keep a key that opens every function, or none of that name; it counts at once.

    Args:
        path: The file.
        name: The key's name; that of the ``default`` one is always there.
        value: The key, None for none.

    Raises:
        OSError: The file can be neither read nor written.
    """
    keys_at(path)
    with locked(path):
        kept = json.loads(path.read_text(encoding="utf-8"))
        if name == DEFAULT:
            kept["host"] = value or secrets.token_urlsafe(_BYTES)
        else:
            others = {one: key for one, key in kept.get("named", {}).items() if one != name}
            kept["named"] = others if value is None else {**others, name: value}
        write_atomically(path, json.dumps(kept), mode=0o600)
