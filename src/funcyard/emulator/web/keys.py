"""The access keys of a site's app: a file that the local host reads, and completes.

The host adds a key for each function that it finds, and for the extensions that have webhooks.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.atomic import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

_BYTES: Final = 40


@dataclass(frozen=True, slots=True)
class SiteKeys:
    """The keys of a site's app.

    Attributes:
        master: Opens everything.
        host: Opens every function.
        functions: Opens the function of that name.
        system: Opens the webhook of an extension, by the key's name.
    """

    master: str
    host: str
    functions: dict[str, str]
    system: dict[str, str]


def keys_at(path: Path) -> SiteKeys:
    """Return the keys in a file; it is made, its owner's alone, where there is none.

    Raises:
        OSError: It can be neither read nor written.
    """
    if not path.exists():
        made = {"master": secrets.token_urlsafe(_BYTES), "host": secrets.token_urlsafe(_BYTES)}
        write_atomically(path, json.dumps({**made, "functions": {}}), mode=0o600)
    kept = json.loads(path.read_text(encoding="utf-8"))
    return SiteKeys(kept["master"], kept["host"], kept["functions"], kept.get("system", {}))
