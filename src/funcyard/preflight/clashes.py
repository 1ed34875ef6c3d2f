"""Functions of forgotten blueprints whose names are taken: registered, they would break the app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.blueprints import forgotten_blueprints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.blueprints import Forgotten
    from funcyard.preflight.facts import AppFacts, Facts

Place = tuple[str, int]
"""A file as findings tell it, and a line."""


@dataclass(frozen=True, slots=True)
class Clash:
    """One function of a forgotten blueprint.

    Attributes:
        blueprint: The blueprint.
        name: The function's name.
        others: Where the other functions of that name are, the app's first.
        is_first: Whether all of them belong to blueprints that are told later.
    """

    blueprint: Forgotten
    name: str
    others: tuple[Place, ...]
    is_first: bool

    @property
    def place(self) -> Place:
        """Where the function is."""
        return self.blueprint.places[self.name]


def clashes(facts: Facts, app: AppFacts) -> Iterator[Clash]:
    """Yield the functions of an app's forgotten blueprints whose names others have.

    Of two forgotten blueprints with a function of one name both are: which is meant is unknown.
    """
    forgotten = list(forgotten_blueprints(facts, app))
    holders: dict[str, list[Place]] = {}
    for function in app.survey.index.functions:
        holders.setdefault(function.name, []).append((app.name_of(function.file), function.line))
    for blueprint in forgotten:
        for name, place in blueprint.places.items():
            holders.setdefault(name, []).append(place)
    for blueprint in forgotten:
        for name, place in blueprint.places.items():
            others = tuple(other for other in holders[name] if other != place)
            if others:
                yield Clash(blueprint, name, others, is_first=holders[name][0] == place)


def listed(places: tuple[Place, ...]) -> str:
    """Return places as messages tell them."""
    return " and ".join(f"{file}:{line}" for file, line in places)
