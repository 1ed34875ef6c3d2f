"""Lists: which objects a filter wants, how many a page holds, which properties are shown.

https://learn.microsoft.com/graph/query-parameters
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from funcyard.emulator.digits import whole_number
from funcyard.emulator.graph import errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json = dict[str, Any]

_EQUALS: Final = re.compile(r"(id|appId|displayName|uniqueName)\s+eq\s+'((?:[^']|'')*)'")
_STARTS: Final = re.compile(
    r"startswith\(\s*(displayName)\s*,\s*'((?:[^']|'')*)'\s*\)", re.IGNORECASE
)
_TAGGED: Final = re.compile(
    r"(tags)/any\(\s*(\w+)\s*:\s*\2\s+eq\s+'((?:[^']|'')*)'\s*\)", re.IGNORECASE
)
_OPTIONS: Final = frozenset({"$filter", "$top", "$select", "$skiptoken"})
_PAGE: Final = 100
_LARGEST: Final = 999


def page(records: Sequence[Json], query: Mapping[str, str], address: str, context: str) -> Json:
    """Return a page of a list.

    Args:
        records: All of them.
        query: What is asked.
        address: Of the list, without a query.
        context: What the list is of.

    Raises:
        GraphError: The query is none that is answered here.
    """
    unknown = [name for name in query if name.startswith("$") and name not in _OPTIONS]
    if unknown:
        raise errors.unsupported(f"The query option '{unknown[0]}' is not supported here.")
    size = _number(query.get("$top"), _PAGE)
    start = _number(query.get("$skiptoken"), 0)
    wanted = [one for one in records if _holds(one, query.get("$filter", "").strip())]
    body: Json = {
        "@odata.context": context,
        "value": [chosen(one, query) for one in wanted[start : start + size]],
    }
    if start + size < len(wanted):
        kept = {name: value for name, value in query.items() if name != "$skiptoken"}
        asked = "".join(f"{name}={quote(value)}&" for name, value in kept.items())
        body["@odata.nextLink"] = f"{address}?{asked}$skiptoken={start + size}"
    return body


def chosen(record: Json, query: Mapping[str, str]) -> Json:
    """Return what is shown of an object: all of it, or what is selected."""
    if "$select" not in query:
        return record
    names = [name.strip() for name in query["$select"].split(",")]
    return {name: record[name] for name in names if name in record}


def _holds(record: Json, wanted: str) -> bool:
    if not wanted:
        return True
    if found := _EQUALS.fullmatch(wanted):
        return str(record.get(found[1], "")).lower() == _value(found[2])
    if found := _STARTS.fullmatch(wanted):
        return str(record.get(found[1], "")).lower().startswith(_value(found[2]))
    if found := _TAGGED.fullmatch(wanted):
        return _value(found[3]) in [tag.lower() for tag in record.get("tags", ())]
    raise errors.unsupported(f"The filter '{wanted}' is not supported here.")


def _value(quoted: str) -> str:
    return quoted.replace("''", "'").lower()


def _number(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    found = whole_number(text)
    if found is None or (otherwise and not 1 <= found <= _LARGEST):
        raise errors.bad(f"Invalid page size or token specified: '{text}'.")
    return found
