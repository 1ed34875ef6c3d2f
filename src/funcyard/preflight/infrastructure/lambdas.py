"""The template functions to which lambdas are given.

Each takes what it is given and what applies a lambda to values, and returns what
https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-lambda says, None
where that cannot be told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.infrastructure.syntax import Lambda
from funcyard.preflight.infrastructure.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.preflight.infrastructure.structure import Data

    Arguments = tuple[Value | Lambda, ...]
    Applied = Callable[[Lambda, tuple[Value, ...]], Value]


def _map(arguments: Arguments, applied: Applied) -> Data:
    match arguments:
        case (Value(data=tuple() as items), Lambda() as body):
            return tuple(applied(body, (item,)) for item in items)
    return None


def _filter(arguments: Arguments, applied: Applied) -> Data:
    match arguments:
        case (Value(data=tuple() as items), Lambda() as wanted):
            decided = [(item, applied(wanted, (item,)).data) for item in items]
            if all(isinstance(kept, bool) for _, kept in decided):
                return tuple(item for item, kept in decided if kept)
    return None


def _reduce(arguments: Arguments, applied: Applied) -> Data:
    match arguments:
        case (Value(data=tuple() as items), Value() as found, Lambda() as joined):
            for item in items:
                found = applied(joined, (found, item))
            return found.data
    return None


def _to_object(arguments: Arguments, applied: Applied) -> Data:
    match arguments:
        case (Value(data=tuple() as items), Lambda() as key, *rest):
            value = rest[0] if rest else None
            names = [applied(key, (item,)) for item in items]
            held = [applied(value, (i,)) if isinstance(value, Lambda) else i for i in items]
            if all(name.known for name in names):
                return {name.text: one for name, one in zip(names, held, strict=True)}
    return None


LAMBDA_FUNCTIONS: dict[str, Callable[[Arguments, Applied], Data]] = {
    "filter": _filter,
    "map": _map,
    "reduce": _reduce,
    "toobject": _to_object,
}
"""By name in lower case."""
