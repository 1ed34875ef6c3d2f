"""Conditions and values of a query, as functions of a row.

https://learn.microsoft.com/azure/governance/resource-graph/concepts/query-language
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.digits import whole_number
from funcyard.emulator.resourcegraph import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.resourcegraph.reading import Reader

    Row = dict[str, Any]
    Value = Callable[[Row], Any]
    Test = Callable[[str, str], bool]

COLUMNS: Final = (
    "id",
    "name",
    "type",
    "tenantId",
    "kind",
    "location",
    "resourceGroup",
    "subscriptionId",
    "managedBy",
    "sku",
    "plan",
    "properties",
    "tags",
    "identity",
    "zones",
    "extendedLocation",
)
"""The columns of both tables."""

_TESTS: Final[dict[str, Test]] = {
    "==": lambda left, right: left == right,
    "=~": lambda left, right: left.lower() == right.lower(),
    "contains": lambda left, right: right.lower() in left.lower(),
    "startswith": lambda left, right: left.lower().startswith(right.lower()),
    "endswith": lambda left, right: left.lower().endswith(right.lower()),
}
_NEGATED: Final = {"!=": "==", "!~": "=~"} | {f"!{one}": one for one in ("contains", "startswith")}
_FUNCTIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "tostring": lambda value: _text(value),  # noqa: PLW0108 - it is defined below
    "tolower": lambda value: _text(value).lower(),
    "isempty": lambda value: not _text(value),
    "isnotempty": lambda value: bool(_text(value)),
    "isnull": lambda value: value is None,
    "isnotnull": lambda value: value is not None,
}


def condition(reader: Reader) -> Value:
    """Read a condition: comparisons joined by ``or``, ``and`` and ``not``.

    Raises:
        ArmError: It is none, or not one that is read here.
    """
    return _joined(reader, "or", any, lambda: _joined(reader, "and", all, lambda: _term(reader)))


def value(reader: Reader) -> Value:
    """Read a value: a column, what is in it, a text, or a function of one.

    Raises:
        ArmError: It is none, or not one that is read here.
    """
    token = reader.take()
    if token.kind in {"text", "number"}:
        return lambda _row: token.text
    if token.kind != "word":
        raise errors.unread(f"A value was expected, not '{token.text}'.")
    if reader.has("("):
        function = _FUNCTIONS.get(token.text.lower())
        if function is None:
            raise errors.unread(f"The function '{token.text}' is not read here.")
        inner = value(reader)
        reader.expect(")")
        return lambda row: function(inner(row))
    if token.text.lower() in {"true", "false"}:
        return lambda _row: token.text.lower()
    return _path(reader, token.text)


def _joined(
    reader: Reader, word: str, joins: Callable[[list[bool]], bool], part: Callable[[], Value]
) -> Value:
    parts = [part()]
    while reader.has(word):
        parts.append(part())
    return lambda row: joins([bool(one(row)) for one in parts])


def _term(reader: Reader) -> Value:
    if reader.has("not"):
        reader.expect("(")
        inner = condition(reader)
        reader.expect(")")
        return lambda row: not inner(row)
    if reader.has("("):
        inner = condition(reader)
        reader.expect(")")
        return inner
    return _comparison(reader, value(reader))


def _comparison(reader: Reader, left: Value) -> Value:
    word = reader.ahead.text.lower()
    if word in {"in", "in~", "!in", "!in~"}:
        reader.take()
        wanted = _listed(reader)
        test = _TESTS["=~" if word.endswith("~") else "=="]
        is_in = not word.startswith("!")
        return lambda row: is_in is any(test(_text(left(row)), one) for one in wanted)
    name = _NEGATED.get(word, word)
    if name not in _TESTS:
        return left
    reader.take()
    right, test, holds = value(reader), _TESTS[name], name == word
    return lambda row: holds is test(_text(left(row)), _text(right(row)))


def _listed(reader: Reader) -> list[str]:
    reader.expect("(")
    found = []
    while True:
        token = reader.take()
        if token.kind != "text":
            raise errors.unread(f"A text was expected, not '{token.text}'.")
        found.append(token.text)
        if not reader.has(","):
            reader.expect(")")
            return found


def _path(reader: Reader, name: str) -> Value:
    column = next((one for one in COLUMNS if one == name), None)
    if column is None:
        raise errors.unresolved(name)
    parts: list[str] = []
    while True:
        if reader.has("."):
            parts.append(reader.take().text)
        elif reader.has("["):
            parts.append(reader.take().text)
            reader.expect("]")
        else:
            return lambda row: _inside(row[column], parts)


def _inside(found: Any, parts: list[str]) -> Any:  # noqa: ANN401 - JSON
    for part in parts:
        if isinstance(found, dict):
            found = found.get(part)
        else:
            at = whole_number(part) if isinstance(found, list) else None
            if at is None or at >= len(found):
                return None
            found = found[at]
    return found


def _text(found: Any) -> str:  # noqa: ANN401 - JSON
    if isinstance(found, bool):
        return str(found).lower()
    return "" if found is None else str(found)
