"""The names that hold the function app or a blueprint, by the text of the sources."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from funcyard.preflight.code.bound import EVERYTHING, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.code.bound import Bound
    from funcyard.preflight.code.modules import Modules
    from funcyard.preflight.sources import Source

_USUAL = frozenset({"app", "function_app"})
"""What everybody calls the app."""


def is_made(modules: Modules, source: Source, bound: Bound, *kinds: Kind) -> bool:
    """Tell whether a name is bound to an app or blueprint, through imports and other names, too."""
    return modules.origin(source, bound)[1].kind in kinds


def is_app_name(modules: Modules, source: Source, name: str) -> bool:
    """Tell whether a name of a source holds, or by its looks should hold, the function app.

    What everybody calls the app is taken for it only where the script has none by another name.
    """
    if any(
        bound.name == name and is_made(modules, source, bound, Kind.APP)
        for bound in modules.bound(source)
    ):
        return True
    return name in _USUAL and not held_apps(modules).names


def app_modules(modules: Modules) -> Iterator[tuple[Source, str]]:
    """Yield the script with each name that is the app's, and where it imports them from."""
    script = modules.script
    seen: set[tuple[str, str]] = set()
    waiting = [(script, bound.name) for bound in modules.bound(script)] if script else []
    while waiting:
        source, name = waiting.pop(0)
        if (source.name, name) in seen or not is_app_name(modules, source, name):
            continue
        seen.add((source.name, name))
        yield source, name
        for bound in modules.bound(source):
            if bound.name == name and bound.kind is Kind.IMPORTED and bound.original:
                behind = modules.find(source, bound.module, bound.level)
                waiting += [(behind, bound.original)] if behind else []


@dataclass(frozen=True, slots=True)
class HeldApps:
    """The names of the script that hold an app.

    Attributes:
        names: The bindings, in order of their lines.
        places: File and line where each app is made.
    """

    names: tuple[Bound, ...]
    places: frozenset[tuple[str, int]]

    @property
    def is_one(self) -> bool:
        """Whether several names hold one and the same."""
        return len(self.names) > 1 and len(self.places) == 1

    @property
    def told(self) -> str:
        """The names with their lines: ``app (line 3) and alias (line 4)``."""
        return " and ".join(f"{bound.name} (line {bound.line})" for bound in self.names)


def held_apps(modules: Modules) -> HeldApps:
    """Return the names of the script that hold an app once it is imported."""
    if modules.script is None:
        return HeldApps((), frozenset())
    held = _held(modules, modules.script, ())
    made = frozenset(_made_at(modules, modules.script, bound) for bound in held)
    return HeldApps(tuple(held), made)


def _held(modules: Modules, source: Source, above: tuple[Source, ...]) -> list[Bound]:
    last: dict[str, Bound] = {}
    for bound in modules.bound(source):
        for one in _unpacked(modules, source, bound, (*above, source)):
            if one.place.handler is None or one.name not in last:
                last[one.name] = one
    apps = [bound for bound in last.values() if is_made(modules, source, bound, Kind.APP)]
    return sorted(apps, key=lambda bound: bound.line)


def _unpacked(
    modules: Modules, source: Source, bound: Bound, above: tuple[Source, ...]
) -> list[Bound]:
    """Return what a star import binds that holds an app, of any other binding that itself."""
    if bound.name != EVERYTHING:
        return [bound]
    behind = modules.find(source, bound.module, bound.level)
    if behind is None or behind in above:
        return []
    return [
        replace(bound, name=inner.name, original=inner.name)
        for inner in _held(modules, behind, above)
        if not inner.name.startswith("_")
    ]


def _made_at(modules: Modules, source: Source, bound: Bound) -> tuple[str, int]:
    made_in, made = modules.origin(source, bound)
    return made_in.name, made.line
