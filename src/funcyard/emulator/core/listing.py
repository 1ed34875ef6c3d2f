"""Lists in pages, and the resources of a subscription or group whatever their type."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from funcyard.emulator.core import errors
from funcyard.emulator.core.target import GROUP_TYPE, group_of
from funcyard.emulator.core.versions import RESOURCES
from funcyard.emulator.digits import whole_number
from funcyard.emulator.http import Answer, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.records import Json, Kept

_PAGE: Final = 1000
_GENERIC: Final = ("location", "tags", "kind", "sku", "plan", "identity", "managedBy", "zones")
_TERM: Final = re.compile(r"\s*(\w+)\s+(eq|ne)\s+'((?:[^']|'')*)'\s*", re.IGNORECASE)
_QUOTED: Final = re.compile(r"'(?:[^']|'')*'")
_FIELDS: Final = {"resourcetype", "name", "location", "resourcegroup", "tagname", "tagvalue"}


def page(call: Call, values: Sequence[Json]) -> Answer:
    """Return the page of a list that a call asks for.

    Raises:
        ArmError: Its ``$top`` or ``$skiptoken`` is none.
    """
    query = call.request.query
    start = _start(query.get("$skiptoken"))
    size = min(_number(query.get("$top")), _PAGE)
    shown = list(values[start : start + size])
    body: Json = {"value": shown}
    if start + size < len(values):
        token = base64.urlsafe_b64encode(str(start + size).encode()).decode()
        kept = {name: value for name, value in query.items() if name != "$skiptoken"}
        asked = "&".join(f"{name}={quote(value)}" for name, value in kept.items())
        address = f"{call.core.url}{quoted(call.request.path)}"
        body["nextLink"] = f"{address}?{asked}&$skiptoken={quote(token)}"
    return Answer(200, body)


async def generic(call: Call) -> Answer:
    """Return the resources of a subscription or group, whatever their type.

    Raises:
        ArmError: The group is not there, or the filter means nothing here.
    """
    call.check_version("Microsoft.Resources/resources", RESOURCES)
    scope = call.request.path.rstrip("/").rpartition("/")[0]
    if (group := group_of(scope)) and call.core.store.find(scope) is None:
        raise errors.group_not_found(group)
    expand = call.request.query.get("$expand", "").split(",")
    kept = [
        one
        for one in call.core.store.below(scope)
        if one.type.count("/") == 1 and one.type != GROUP_TYPE and one.target.group
    ]
    wanted = chosen(kept, call.request.query.get("$filter", ""))
    tracked = [one for one in wanted if not call.core.type_of(one).is_extension]
    shown = [_generic(call, one, expand) for one in tracked]
    if "tagvalue" in call.request.query.get("$filter", "").lower():
        # Asked for by name and value, tags are not told:
        # https://learn.microsoft.com/rest/api/resources/resources/list
        shown = [{name: one[name] for name in one if name != "tags"} for one in shown]
    return page(call, shown)


def chosen(kept: Sequence[Kept], text: str) -> list[Kept]:
    """Return those that a filter holds for: comparisons, joined by ``and`` and ``or``.

    Raises:
        ArmError: It is none that means anything here.
    """
    if not text:
        return list(kept)
    # What is in quotes is put aside, for it may hold the words that join terms.
    quotes = _QUOTED.findall(text)
    joined = _QUOTED.sub("''", text)
    terms = iter(quotes)
    alternatives = [
        [
            _term(term.replace("''", next(terms, "''")), text)
            for term in re.split(r"\band\b", alternative, flags=re.IGNORECASE)
        ]
        for alternative in re.split(r"\bor\b", joined, flags=re.IGNORECASE)
    ]
    return [
        one
        for one in kept
        if any(
            any(all(_holds(one, tag, *term) for term in terms) for terms in alternatives)
            for tag in (one.body.get("tags") or {"": ""}).items()
        )
    ]


def _term(text: str, whole: str) -> tuple[str, bool, str]:
    found = _TERM.fullmatch(text)
    if found is None or found[1].lower() not in _FIELDS:
        raise errors.bad_filter(whole)
    value = found[3].replace("''", "'")
    return found[1].lower(), found[2].lower() == "eq", value


def _holds(one: Kept, tag: tuple[str, str], field: str, is_wanted: bool, value: str) -> bool:  # noqa: FBT001 - as a term holds it
    actual = {
        "resourcetype": one.type,
        "name": one.name,
        "location": one.body.get("location", ""),
        "resourcegroup": group_of(one.id),
        "tagname": tag[0],
        "tagvalue": tag[1],
    }[field]
    if field != "tagvalue":  # which alone is told apart by case
        actual, value = actual.lower(), value.lower()
    return (actual == value) is is_wanted


def _generic(call: Call, one: Kept, expand: list[str]) -> Json:
    shown = call.core.show(one)
    told = {name: shown[name] for name in ("id", "name", "type", *_GENERIC) if name in shown}
    more = {
        "createdTime": one.created,
        "changedTime": one.changed,
        "provisioningState": one.state,
    }
    return told | {name: more[name] for name in expand if name in more}


def _start(token: str | None) -> int:
    if token is None:
        return 0
    try:
        start = int(base64.urlsafe_b64decode(token))
    except (ValueError, binascii.Error):
        start = -1
    if start < 0:
        raise errors.refused(400, "InvalidSkipToken", f"The skip token '{token}' is not valid.")
    return start


def _number(text: str | None) -> int:
    if text is None:
        return _PAGE
    found = whole_number(text)
    if not found:
        raise errors.refused(400, "InvalidTopInQueryString", f"Invalid $top '{text}' specified.")
    return found
