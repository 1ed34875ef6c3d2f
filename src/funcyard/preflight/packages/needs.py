"""Every distribution that an app's code imports, held against what the app asks to be installed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from funcyard.preflight.packages.closure import comes_along
from funcyard.preflight.packages.distributions import part_of_another, provider_of
from funcyard.preflight.packages.requirement import normalized

if TYPE_CHECKING:
    from funcyard.preflight.facts import AppFacts
    from funcyard.preflight.packages.distributions import Provider
    from funcyard.preflight.packages.imports import Import
    from funcyard.preflight.packages.reach import Reached

_VENDORED = (".python_packages", "lib", "site-packages")


class State(Enum):
    """Whether a distribution is going to be there."""

    DECLARED = auto()
    """It is asked for."""
    ALONG = auto()
    """Something that is asked for requires it."""
    MISSING = auto()
    """Nothing asks for it."""
    BROUGHT = auto()
    """It is none: the module lies beside the app, and gets to it where it runs."""
    UNSURE = auto()
    """Something that is asked for and not installed here may provide it."""


@dataclass(frozen=True, slots=True)
class Need:
    """One distribution that is imported.

    Attributes:
        provider: What provides it.
        state: Whether it is going to be there.
        file: The source that imports it, as findings tell it.
        line: The line there.
        at_load: Whether importing the app imports it.
        name: The distribution's normalized name: of those that may provide it, the one asked for.
    """

    provider: Provider
    state: State
    file: str
    line: int
    at_load: bool
    name: str


def needs_of(app: AppFacts) -> tuple[Need, ...]:
    """Return what an app's code needs, each once at its first place; at load before later."""
    places: dict[tuple[str, ...], list[tuple[Reached, Import, Provider]]] = {}
    for reached in app.reached.values():
        for found in reached.imports:
            provider = provider_of(found, app.survey.interpreter)
            if provider is not None and not _is_vendored(app, provider):
                places.setdefault(provider.names, []).append((reached, found, provider))
    states = States(app)
    return tuple(_need(states, found) for found in places.values())


def installed_names(app: AppFacts) -> frozenset[str]:
    """Return the normalized names of the distributions on the app's interpreter."""
    return frozenset(map(normalized, app.survey.interpreter.distributions))


def pin(app: AppFacts, name: str) -> str:
    """Return the requirement of a distribution with the version that is installed here, if any."""
    for installed, version in app.survey.interpreter.distributions.items():
        if normalized(installed) == name and version:
            return f"{name}=={version}"
    return name


class States:
    """Tells the state of each provider of an app."""

    def __init__(self, app: AppFacts) -> None:
        self._asked = app.requirements.names
        self._along = comes_along(app.requirements, app.survey.interpreter)
        # What is not installed here may bring anything along, also what is installed.
        self._is_unknown = not self._asked <= installed_names(app)
        self._is_moved = any("sys.path" in reached.source.text for reached in app.reached.values())
        self._is_whole = app.requirements.is_whole

    def of(self, provider: Provider) -> tuple[State, str]:
        """Return the state and the name of the distribution that it is about."""
        for name in provider.names:
            if name in self._asked:
                return State.DECLARED, name
        for name in provider.names:
            if name in self._along:
                used = part_of_another(provider.names)
                return (State.DECLARED if used else State.ALONG), name
        moved = self._is_moved and not provider.installed
        if not self._is_whole or self._is_unknown or moved:
            return State.UNSURE, provider.names[0]
        return State.MISSING, provider.names[0]


def _need(states: States, places: list[tuple[Reached, Import, Provider]]) -> Need:
    def order(place: tuple[Reached, Import, Provider]) -> tuple[bool, str, int]:
        reached, found, _ = place
        return not (reached.at_load and found.at_load), reached.source.name, found.line

    reached, found, provider = min(places, key=order)
    state, name = states.of(provider)
    at_load = reached.at_load and found.at_load
    return Need(provider, state, reached.source.name, found.line, at_load, name)


def _is_vendored(app: AppFacts, provider: Provider) -> bool:
    """Tell whether the app's own ``.python_packages`` holds a module."""
    place = app.directory.joinpath(*_VENDORED, *provider.module.split("."))
    return place.is_dir() or place.with_name(f"{place.name}.py").is_file()
