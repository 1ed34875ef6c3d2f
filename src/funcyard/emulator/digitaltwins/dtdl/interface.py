"""An interface of DTDL as it was read, and what it has with all that it extends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.emulator.digitaltwins.dtdl.names import is_identifier, without_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.emulator.digitaltwins.dtdl.schemas import Schema


@dataclass(frozen=True, slots=True)
class RelationshipType:
    """A relationship that twins of an interface may have.

    Attributes:
        target: Model of what it leads to; None where that may be anything.
        properties: Of the relationship itself.
    """

    target: str | None
    properties: Mapping[str, Schema]


@dataclass(frozen=True, slots=True)
class Interface:
    """What a model says of twins.

    Attributes:
        id: Its own.
        extends: Models whose contents it has, too.
        properties: By name.
        components: Models of components, by name.
        relationships: By name.
        telemetry: Names of what is told and not kept.
        commands: Names; nothing here runs them.
    """

    id: str
    extends: tuple[str, ...] = ()
    properties: Mapping[str, Schema] = field(default_factory=dict)
    components: Mapping[str, str] = field(default_factory=dict)
    relationships: Mapping[str, RelationshipType] = field(default_factory=dict)
    telemetry: Mapping[str, Schema] = field(default_factory=dict)
    commands: frozenset[str] = frozenset()

    @property
    def dependencies(self) -> tuple[str, ...]:
        """Models without which it means nothing."""
        return tuple(dict.fromkeys((*self.extends, *self.components.values())))

    @property
    def names(self) -> Iterator[str]:
        """The names of its own contents."""
        yield from self.properties
        yield from self.components
        yield from self.relationships
        yield from self.telemetry
        yield from self.commands


Interfaces = Mapping[str, Interface]
"""All that are there, by id."""


def ancestry(identifier: str, known: Interfaces) -> list[str]:
    """Return an interface and all that it extends, each once, itself first."""
    found: dict[str, None] = {}
    waiting = [identifier]
    while waiting:
        one = waiting.pop(0)
        if one not in found:
            found[one] = None
            waiting.extend(known[one].extends)
    return list(found)


def whole(identifier: str, known: Interfaces) -> Interface:
    """Return an interface with the contents of all that it extends."""
    parts = [known[one] for one in ancestry(identifier, known)]
    return Interface(
        identifier,
        parts[0].extends,
        {name: one for part in parts for name, one in part.properties.items()},
        {name: one for part in parts for name, one in part.components.items()},
        {name: one for part in parts for name, one in part.relationships.items()},
        {name: one for part in parts for name, one in part.telemetry.items()},
        frozenset(name for part in parts for name in part.commands),
    )


def is_of(identifier: str, wanted: str, known: Interfaces, *, exact: bool = False) -> bool:
    """Whether a model is another, a later version of it, or extends one of these.

    https://learn.microsoft.com/azure/digital-twins/reference-query-functions#is_of_model

    Args:
        identifier: The model.
        wanted: The other.
        known: All models.
        exact: Whether only the very same counts.
    """
    if exact:
        return identifier == wanted
    if identifier not in known:
        return identifier == wanted
    return any(_is_version_of(one, wanted) for one in ancestry(identifier, known))


def _is_version_of(identifier: str, wanted: str) -> bool:
    path, version = without_version(identifier)
    if not is_identifier(wanted):
        return False
    other, least = without_version(wanted)
    return path == other and version >= least
