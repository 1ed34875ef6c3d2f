"""host.json held against the settings that are documented: what is unknown, what stands elsewhere.

Names are compared without regard to case, as the host does it. Sections whose settings depend on
what is installed are open (``*``): nothing in them counts as unknown.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILE = Path(__file__).with_name("host_json.json")
_ANY = "*"
_CLOSE = 0.75
_NOT_MEANT = ("_", "/", "$", "#")
"""What people begin the name of a remark with, as JSON has no comments."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """A setting that does not take effect.

    Attributes:
        path: Where it stands.
        instead: Where it is documented, dotted; empty where nowhere.
        close: A documented name at the same place that it may be meant to be.
    """

    path: tuple[str, ...]
    instead: str = ""
    close: str = ""


def oddities(document: dict[str, Any]) -> Iterator[Oddity]:
    """Yield the settings of a host.json that are not documented where they stand."""
    yield from _in(document, _documented()["settings"], ())


def _in(section: dict[str, Any], known: dict[str, Any], path: tuple[str, ...]) -> Iterator[Oddity]:
    names = {name.lower(): name for name in known}
    for name, value in section.items():
        here = (*path, name)
        if name.lower() in names:
            inner = known[names[name.lower()]]
            if isinstance(value, dict) and inner:
                yield from _in(value, inner, here)
        elif _ANY not in known and not name.startswith(_NOT_MEANT):
            yield from _odd(here, list(known))


def _odd(path: tuple[str, ...], known: list[str]) -> Iterator[Oddity]:
    name = path[-1]
    if len(path) == 1 and name in _documented()["moved"]:
        yield Oddity(path, instead=_documented()["moved"][name])
        return
    close = get_close_matches(name.lower(), [one.lower() for one in known], n=1, cutoff=_CLOSE)
    places = _places().get(name.lower(), ())
    if len(places) == 1:
        yield Oddity(path, instead=places[0])
    elif close:
        yield Oddity(path, close=next(one for one in known if one.lower() == close[0]))
    elif places:
        yield Oddity(path, instead=" or ".join(places))
    elif path[:-1] != ("extensions",):  # an extension of one's own may have settings, too
        yield Oddity(path)


@cache
def _places() -> dict[str, tuple[str, ...]]:
    """Return the dotted places of every documented name, in lower case."""
    found: dict[str, list[str]] = {}

    def walk(known: dict[str, Any], path: str) -> None:
        for name, inner in known.items():
            if name != _ANY:
                found.setdefault(name.lower(), []).append(path + name)
                walk(inner, f"{path}{name}.")

    walk(_documented()["settings"], "")
    return {name: tuple(places) for name, places in found.items()}


@cache
def _documented() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return document
