"""Forgotten blueprints that an app could not hold: they have functions of names that are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.blueprints import forgotten_blueprints

if TYPE_CHECKING:
    from funcyard.preflight.facts import AppFacts, Facts


def clashes(facts: Facts, app: AppFacts) -> dict[tuple[str, int], str]:
    """Return why blueprints are not registered for the names of their functions, by their places.

    Of two forgotten blueprints with a function of one name neither is: which is meant is unknown.
    """
    forgotten = list(forgotten_blueprints(facts, app))
    holders: dict[str, list[tuple[str, int]]] = {}
    for function in app.survey.index.functions:
        holders.setdefault(function.name, []).append((app.name_of(function.file), function.line))
    for blueprint in forgotten:
        for name in blueprint.functions:
            holders.setdefault(name, []).append((blueprint.file, blueprint.line))
    found = {}
    for blueprint in forgotten:
        place = (blueprint.file, blueprint.line)
        for name in blueprint.functions:
            others = [f"{file}:{line}" for file, line in holders[name] if (file, line) != place]
            if others:
                told = " and ".join(others)
                found[place] = f"{told} has a function {name}, too: give one another name first"
    return found
