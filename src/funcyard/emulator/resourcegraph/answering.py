"""What the address of Resource Graph answers: a page of the rows that a query finds.

Who asks finds what a role lets them read, as in Azure, and never more than a page: what is cut off
is had by the token of the answer. https://learn.microsoft.com/rest/api/azureresourcegraph
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.core.core import SUBSCRIPTIONS
from funcyard.emulator.core.target import GROUP_TYPE, group_of
from funcyard.emulator.digits import whole_number
from funcyard.emulator.http import Answer
from funcyard.emulator.resourcegraph import errors
from funcyard.emulator.resourcegraph.expressions import COLUMNS
from funcyard.emulator.resourcegraph.reading import RESOURCES, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.records import Kept

    Row = dict[str, Any]

PATH: Final = "/providers/microsoft.resourcegraph/resources"

_GROUP_READ: Final = "Microsoft.Resources/subscriptions/resourceGroups/read"
"""What a group is read by, as roles name it."""
_VERSIONS: Final = (
    "2024-04-01",
    "2022-10-01",
    "2021-06-01-preview",
    "2021-03-01",
    "2020-04-01-preview",
)
_QUOTA: Final = {
    "x-ms-user-quota-remaining": "14",
    "x-ms-user-quota-resets-after": "00:00:05",
    "x-ms-resource-graph-request-duration": "0:00:00:00.0000000",
}
_LARGEST: Final = 1000
_GIVEN: Final = frozenset({"subscriptions", "query", "options"})
_OPTIONS: Final = frozenset({"$top", "$skip", "$skipToken", "resultFormat", "allowPartialScopes"})


async def answer(call: Call) -> Answer:
    """Return the page of a query's rows that a call asks for.

    Raises:
        ArmError: The query is none, or not one that is read here.
    """
    call.check_version("Microsoft.ResourceGraph/resources", _VERSIONS)
    body = call.body()
    options = body.get("options") or {}
    wanted = body.get("subscriptions") or SUBSCRIPTIONS
    if not isinstance(options, dict) or not isinstance(wanted, list | tuple):
        raise errors.bad("The options have to be an object, and the subscriptions a list.")
    for name in (*(set(body) - _GIVEN), *(set(options) - _OPTIONS)):
        raise errors.bad(f"'{name}' is not supported here.")
    if str(options.get("resultFormat", "objectArray")).lower() != "objectarray":
        raise errors.bad("The result format has to be 'objectArray' here.")
    query = read(str(body.get("query", "")))
    for subscription in wanted:
        call.core.check_subscription(str(subscription))
    found = query.answer(_rows(call, query.table, wanted))
    start = _number(options.get("$skipToken"), _number(options.get("$skip"), 0))
    size = min(_number(options.get("$top"), _LARGEST), _LARGEST)
    shown = found[start : start + size]
    told: Row = {
        "totalRecords": len(found),
        "count": len(shown),
        "data": shown,
        "facets": [],
        "resultTruncated": "false",
    }
    if start + size < len(found):
        # Rows without an id cannot be gone on with.
        if "id" in shown[0]:
            told["$skipToken"] = str(start + size)
        else:
            told["resultTruncated"] = "true"
    return Answer(200, told, _QUOTA)


def _rows(call: Call, table: str, subscriptions: Sequence[str]) -> list[Row]:
    of_groups = table != RESOURCES
    action = _GROUP_READ if of_groups else None
    return [
        _row(call, kept)
        for subscription in subscriptions
        for kept in call.core.store.below(f"/subscriptions/{subscription}")
        if _is_of(call, kept, of_groups=of_groups)
        and call.core.allows(call.caller, action or f"{kept.type}/read", kept.id)
    ]


def _is_of(call: Call, kept: Kept, *, of_groups: bool) -> bool:
    if kept.type == GROUP_TYPE or of_groups:
        return of_groups and kept.type == GROUP_TYPE
    is_whole = kept.type.count("/") == 1 and bool(kept.target.group)
    return is_whole and not call.core.type_of(kept).is_extension


def _row(call: Call, kept: Kept) -> Row:
    shown = call.core.show(kept)
    known = {
        **shown,
        "type": (
            "microsoft.resources/subscriptions/resourcegroups"
            if kept.type == GROUP_TYPE
            else kept.type.lower()
        ),
        "tenantId": call.core.issuer.tenant.id,
        "kind": shown.get("kind") or "",
        "location": str(shown.get("location") or "").replace(" ", "").lower(),
        "resourceGroup": group_of(kept.id).lower(),
        "subscriptionId": kept.target.subscription,
        "managedBy": shown.get("managedBy") or "",
    }
    return {name: known.get(name) for name in COLUMNS}


def _number(given: object, otherwise: int) -> int:
    if given is None:
        return otherwise
    found = whole_number(str(given))
    if found is None:
        raise errors.bad(f"'{given}' is neither a number nor a token of a page.")
    return found
