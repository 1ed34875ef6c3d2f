"""What functions are meant to be, beside what they are: two lists of declarations, compared.

A declaration holds a function's name, what starts it, and as much of its trigger as is known. It is
made of a spec, of an index (:func:`declared`), or of sources that were only read (``written.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from .model import TRIGGER_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .model import Binding, Function

Setting = str | bool | tuple[str, ...]

_WORDS = {
    "route": "route",
    "methods": "methods",
    "auth_level": "authorisation level",
    "schedule": "schedule",
    "run_on_startup": "run on startup",
    "queue": "queue",
    "path": "path",
}
_DETAIL = {"http": "route", "timer": "schedule", "queue": "queue", "blob": "path"}
_DEFAULT_LEVEL = "function"


class Departure(StrEnum):
    """How a function departs from what was wanted.

    ``missing``: wanted, and not there. ``changed``: there, with another trigger. ``undeclared``:
    there, and not wanted.
    """

    MISSING = "missing"
    CHANGED = "changed"
    UNDECLARED = "undeclared"


@dataclass(frozen=True, slots=True)
class Declared:
    """One function as somebody declares it.

    Attributes:
        name: In Azure; case does not tell two functions apart there.
        trigger: ``http``, ``timer``, ``queue``, ``blob``, or what else starts it.
        settings: Of the trigger, as the spec names them; only those that are known. An HTTP
            function without methods has an empty tuple: it answers all of them.
        file: Where it stands, relative to the app; empty where nothing says so.
        line: The line there, from 1; 0 where it is not known.
    """

    name: str
    trigger: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    file: str = ""
    line: int = 0

    @property
    def kind(self) -> str:
        """What starts it, in words: ``queue `tasks```."""
        detail = self.settings.get(_DETAIL.get(self.trigger, ""))
        return f"{self.trigger} `{detail}`" if detail else self.trigger


@dataclass(frozen=True, slots=True)
class Difference:
    """Where what is there departs from what was wanted.

    Attributes:
        departure: How.
        wanted: The declaration of what was wanted; None where it was not.
        found: The declaration of what is there; None where nothing is.
        said: What differs, in words: ``queue `queued`, not `queued2```.
    """

    departure: Departure
    wanted: Declared | None
    found: Declared | None
    said: str = ""

    @property
    def name(self) -> str:
        """The function's name."""
        one = self.wanted or self.found
        return one.name if one else ""


def compare(wanted: Iterable[Declared], found: Iterable[Declared]) -> Iterator[Difference]:
    """Yield where ``found`` departs from ``wanted``: what was wanted first, in its order.

    Only settings that both declarations know are compared.
    """
    there = {one.name.casefold(): one for one in found}
    for want in wanted:
        have = there.pop(want.name.casefold(), None)
        if have is None:
            yield Difference(Departure.MISSING, want, None)
        elif said := "; ".join(_unlike(want, have)):
            yield Difference(Departure.CHANGED, want, have, said)
    for have in there.values():
        yield Difference(Departure.UNDECLARED, None, have)


def declared(function: Function) -> Declared:
    """Return the declaration of a function that was indexed."""
    trigger = function.trigger
    kind = trigger.type[: -len(TRIGGER_SUFFIX)]
    return Declared(
        function.name, kind, dict(_settings(kind, function)), function.file, function.line
    )


def plain_route(route: object) -> str:
    """Return a route as it is compared: without slashes around it."""
    return str(route).strip("/")


def _settings(kind: str, function: Function) -> Iterator[tuple[str, Setting]]:
    trigger = function.trigger
    if kind == "http":
        route = trigger.get("route")
        yield "route", plain_route(function.name if route is None else route)
        yield "methods", tuple(str(one).upper() for one in trigger.get("methods") or ())
        yield "auth_level", str(trigger.get("authLevel") or _DEFAULT_LEVEL).lower()
    elif kind == "timer":
        yield from _text(trigger, "schedule", "schedule")
        yield "run_on_startup", trigger.get("runOnStartup") is True
    elif kind == "queue":
        yield from _text(trigger, "queue", "queueName")
    elif kind == "blob":
        yield from _text(trigger, "path", "path")


def _text(trigger: Binding, setting: str, name: str) -> Iterator[tuple[str, Setting]]:
    if (value := trigger.get(name)) is not None:
        yield setting, str(value)


def _unlike(want: Declared, have: Declared) -> Iterator[str]:
    if want.trigger != have.trigger:
        yield f"started by {have.kind}, not by {want.kind}"
        return
    for setting, wanted in want.settings.items():
        found = have.settings.get(setting)
        if found is not None and not _same(wanted, found):
            yield f"{_WORDS.get(setting, setting)} {_shown(found)}, not {_shown(wanted)}"


def _same(one: Setting, other: Setting) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return set(one) == set(other)
    return one == other


def _shown(value: Setting) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "every method"
    return ("yes" if value else "no") if isinstance(value, bool) else f"`{value}`"
