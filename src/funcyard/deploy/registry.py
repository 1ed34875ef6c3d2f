"""The types of resources that a deployment knows, by which records are made resources again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from funcyard.deploy.resource import CloudT, Resource
from funcyard.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funcyard.deploy.records import Record


class UnknownKindError(UserError):
    """The state holds a resource of a type that this Funcyard does not know."""

    code = "unknown-kind"


class Registry(Generic[CloudT]):
    """Types of resources by their kind."""

    def __init__(self, types: Iterable[type[Resource[CloudT]]]) -> None:
        self._types = {kind.kind: kind for kind in types}

    def rebuild(self, record: Record) -> Resource[CloudT]:
        """Return a recorded resource, to be read and destroyed.

        Raises:
            UnknownKindError: Its type is none of these.
        """
        kind = self._types.get(record.kind)
        if kind is None:
            raise UnknownKindError(
                f"{record.address} is recorded as a {record.kind}, a type that is not known here",
                hint="use the version of Funcyard that deployed it, or a newer one",
            )
        return kind.from_record(
            record.address, record.identity, record.known_inputs, record.depends_on
        )
