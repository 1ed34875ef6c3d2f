"""Indexing policies of containers: what they may hold. Here only composite indexes mean anything.

https://learn.microsoft.com/azure/cosmos-db/index-policy
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.cosmos.refusing import DefinitionError

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json

_MODES: Final = ("consistent", "lazy", "none")
_ORDERS: Final = ("ascending", "descending")
_OF_PATHS: Final = (
    "includedPaths",
    "excludedPaths",
    "spatialIndexes",
    "vectorIndexes",
    "fullTextIndexes",
)
_COMPOSITE: Final = "compositeIndexes"
_KNOWN: Final = frozenset({"indexingMode", "automatic", _COMPOSITE, *_OF_PATHS})


def check(policy: Json) -> None:
    """Refuse an indexing policy that nobody can mean; null stands for what is not given.

    Raises:
        DefinitionError: It is one.
    """
    unknown = policy.keys() - _KNOWN
    if unknown:
        raise DefinitionError(f"The indexing policy has no property '{min(unknown)}'.")
    mode = policy.get("indexingMode")
    if mode is not None and (not isinstance(mode, str) or mode.lower() not in _MODES):
        raise DefinitionError(f"The indexing mode {mode!r} is none of {', '.join(_MODES)}.")
    for name in _OF_PATHS:
        _check_paths(policy.get(name), name)
    composite = policy.get(_COMPOSITE)
    if composite is not None and not isinstance(composite, list):
        raise DefinitionError(f"The indexing policy's '{_COMPOSITE}' is no list.")
    for one in composite or ():
        _check_paths(one, _COMPOSITE)
        for part in one:
            order = part.get("order")
            if order is not None and (not isinstance(order, str) or order.lower() not in _ORDERS):
                raise DefinitionError(f"The order {order!r} of an index is none.")


def _check_paths(given: object, name: str) -> None:
    if given is None and name != _COMPOSITE:
        return
    if not isinstance(given, list) or not all(
        isinstance(one, dict) and isinstance(one.get("path"), str) for one in given
    ):
        raise DefinitionError(f"The indexing policy's '{name}' is no list of objects with a path.")
