"""Queries answered from a graph: rows, those for which the condition holds, what is wanted of each.

A comparison of what is not there, or of different kinds, is neither true nor false; NOT leaves it
so, and only what is true is in the answer.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from funcyard.emulator.digitaltwins.bodies import METADATA, MODEL
from funcyard.emulator.digitaltwins.dtdl.interface import is_of
from funcyard.emulator.digitaltwins.query.functions import (
    APPLIED,
    IS_OF_MODEL,
    UNDEFINED,
    Undefined,
    same,
)
from funcyard.emulator.digitaltwins.query.nodes import (
    Comparison,
    Function,
    Joined,
    Listed,
    Literal,
    Not,
    Path,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funcyard.emulator.core.records import Json
    from funcyard.emulator.digitaltwins.graph import Graph
    from funcyard.emulator.digitaltwins.query.nodes import Expression, Join, Query

    Row = dict[str, Json]


def rows(query: Query, graph: Graph) -> list[Json]:
    """Return what a query asks for, whole."""
    store = graph.store
    first = store.relationships() if query.relationships else store.twins()
    found: Iterable[Row] = ({query.called: one} for one in first)
    for join in query.joins:
        found = _related(found, join, graph)
    run = _Run(query, graph)
    kept = [row for row in found if query.where is None or run.truth(query.where, row) is True]
    if query.counts:
        return [{"COUNT": len(kept)}]
    return [_shown(query, run, row) for row in kept[: query.top]]


def _related(found: Iterable[Row], join: Join, graph: Graph) -> Iterator[Row]:
    """Yield rows with what a relationship of each leads to."""
    leading: dict[str, list[Json]] = defaultdict(list)
    for one in graph.store.relationships():
        if one["$relationshipName"] == join.relationship:
            leading[one["$sourceId"]].append(one)
    twins = {one["$dtId"]: one for one in graph.store.twins()}
    for row in found:
        for one in leading[row[join.source]["$dtId"]]:
            more = {join.target: twins[one["$targetId"]]}
            if join.called is not None:
                more[join.called] = one
            yield {**row, **more}


def _shown(query: Query, run: _Run, row: Row) -> Json:
    if query.chosen:
        values = ((one.name, run.value(one.path, row)) for one in query.chosen)
        return {name: value for name, value in values if value is not UNDEFINED}
    return row if query.joins else row[query.called]


class _Run:
    def __init__(self, query: Query, graph: Graph) -> None:
        self._query = query
        self._graph = graph

    def truth(self, expression: Expression, row: Row) -> bool | None:
        """Return whether a condition holds; None where that means nothing."""
        match expression:
            case Joined(is_all=is_all, parts=parts):
                truths = [self.truth(one, row) for one in parts]
                if (not is_all) in truths:
                    return not is_all
                return None if None in truths else is_all
            case Not(inner=inner):
                found = self.truth(inner, row)
                return None if found is None else not found
            case Comparison(sign=sign, left=left, right=Listed(values=values)):
                return _is_among(self.value(left, row), values, wanted=sign == "IN")
            case Comparison(sign=sign, left=left, right=right):
                return _compared(sign, self.value(left, row), self.value(right, row))
            case _:
                value = self.value(expression, row)
                return value if isinstance(value, bool) else None

    def value(self, expression: Expression, row: Row) -> Any:  # noqa: ANN401 - JSON, or undefined
        """Return a value."""
        match expression:
            case Literal(value=value):
                return value
            case Path(parts=parts):
                return self._at(parts, row)
            case Function(name=name, arguments=arguments):
                if name == IS_OF_MODEL:
                    return self._is_of_model(arguments, row)
                return APPLIED[name](*(self.value(one, row) for one in arguments))
            case _:
                truth = self.truth(expression, row)
                return UNDEFINED if truth is None else truth

    def _at(self, parts: tuple[str, ...], row: Row) -> Any:  # noqa: ANN401 - JSON, or undefined
        place: Any = row if self._query.called else row[""]
        for part in parts:
            if not isinstance(place, dict) or part not in place:
                return UNDEFINED
            place = place[part]
        return place

    def _is_of_model(self, arguments: tuple[Expression, ...], row: Row) -> bool | Undefined:
        values = [self.value(one, row) for one in arguments]
        exact = len(values) > 1 and values[-1] is True
        if exact:
            values.pop()
        twin = values[0] if len(values) > 1 else row[self._query.called]
        wanted = values[-1]
        if not isinstance(twin, dict) or not isinstance(wanted, str):
            return UNDEFINED
        model = (twin.get(METADATA) or {}).get(MODEL)
        if not isinstance(model, str):
            return UNDEFINED
        return is_of(model, wanted, self._graph.interfaces, exact=exact)


def _is_among(value: object, values: tuple[object, ...], *, wanted: bool) -> bool | None:
    if value is UNDEFINED:
        return None
    return any(same(value, one) is True for one in values) is wanted


def _compared(sign: str, left: Any, right: Any) -> bool | None:  # noqa: ANN401 - JSON, or undefined
    found = same(left, right)
    if found is None:
        return None
    if sign in {"=", "!="}:
        return found if sign == "=" else not found
    if left is None or isinstance(left, bool | dict | list):
        return None
    if sign[0] == "<":
        return bool(left < right) or (sign == "<=" and found)
    return bool(left > right) or (sign == ">=" and found)
