"""A graph that is served: what is kept, and its models as they are understood."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from funcyard.emulator.digitaltwins import errors
from funcyard.emulator.digitaltwins.dtdl.interface import Interface, whole
from funcyard.emulator.digitaltwins.dtdl.reading import interface_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.core.records import Json
    from funcyard.emulator.digitaltwins.store import GraphStore


class Graph:
    """The graph of an instance.

    Args:
        store: What it is made of.
        now: Returns the time of day as Azure writes it.

    Attributes:
        store: What it is made of.
        now: Returns the time of day as Azure writes it.
        interfaces: Its models, by id.
    """

    def __init__(self, store: GraphStore, now: Callable[[], str]) -> None:
        self.store = store
        self.now = now
        self.interfaces: dict[str, Interface] = {
            identifier: interface_of(record["model"])[0]
            for identifier, record in store.models().items()
        }

    def interface(self, identifier: str) -> Interface:
        """Return a model with the contents of all that it extends.

        Raises:
            TwinsError: It is not there any more: models are deleted while twins of them stay.
        """
        if identifier not in self.interfaces:
            raise errors.bad_twin([f"{identifier} or one of its dependencies does not exist."])
        return whole(identifier, self.interfaces)

    def twin(self, identifier: str) -> Json:
        """Return a twin.

        Raises:
            TwinsError: There is no such.
        """
        found = self.store.twin(identifier)
        if found is None:
            raise errors.twin_not_found(identifier)
        return found

    def relationship(self, source: str, identifier: str) -> Json:
        """Return a relationship.

        Raises:
            TwinsError: There is no such, or no such twin.
        """
        self.twin(source)
        found = self.store.relationship(source, identifier)
        if found is None:
            raise errors.relationship_not_found(identifier, source)
        return found


def new_etag() -> str:
    """Return a mark of what something is now."""
    return f'W/"{uuid.uuid4()}"'
