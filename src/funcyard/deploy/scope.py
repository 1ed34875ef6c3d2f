"""Which part of a stack a run is about: what is recorded outside it is left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from funcyard.deploy.graph import Graph
    from funcyard.deploy.records import State
    from funcyard.deploy.registry import Registry
    from funcyard.deploy.resource import CloudT, Resource

Scope: TypeAlias = Callable[[str], bool]
"""Which addresses a run is about: what is recorded under any other is left alone."""


def everywhere(_address: str) -> bool:
    """Mean the whole stack."""
    return True


def undeclared(
    graph: Graph[CloudT], state: State, registry: Registry[CloudT], scope: Scope
) -> dict[str, Resource[CloudT]]:
    """Return what is recorded in a scope and not declared any more, rebuilt, by identity.

    Raises:
        UnknownKindError: The type of one is not known.
    """
    declared = {resource.identity for resource in graph}
    return {
        identity: registry.rebuild(record)
        for identity, record in state.records.items()
        if identity not in declared and scope(record.address)
    }
