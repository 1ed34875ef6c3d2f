"""The activity log of a subscription: what was changed lately, and what was refused and why.

https://learn.microsoft.com/rest/api/monitor/activity-logs/list
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from funcyard.azure.errors import azure_errors

if TYPE_CHECKING:
    from funcyard.azure.manager import Manager
    from funcyard.azure.resource_ids import ResourceId

_VERSION: Final = "2015-04-01"
_CHANGES: Final = frozenset({"write", "delete", "start/action", "stop/action"})
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_PATH: Final = "providers/Microsoft.Insights/eventtypes/management/values"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a resource that was asked for.

    Attributes:
        time: When; None where that cannot be read.
        operation: What was asked for, such as ``Microsoft.App/containerApps/write``.
        status: How it ended: ``Accepted``, ``Succeeded`` or ``Failed``.
        code: Azure's code of its refusal; empty for none.
        message: Why it was refused.
    """

    time: datetime | None
    operation: str
    status: str
    code: str = ""
    message: str = ""

    @property
    def has_failed(self) -> bool:
        """Whether it was refused or failed."""
        return self.status.lower() == "failed"


async def changes_of(manager: Manager, resource: ResourceId, since: datetime) -> list[Change]:
    """Return the changes of a resource since a time, the newest first; Azure keeps them 90 days.

    The log has questions by POST, too, such as for secrets or a token, and what policies and the
    resource's health had to say: those change nothing.

    Raises:
        AzureFailedError: They cannot be read.
    """
    start = f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    condition = quote(f"eventTimestamp ge '{start}' and resourceUri eq '{resource}'")
    path = f"/subscriptions/{resource.subscription}/{_PATH}?$filter={condition}"
    with azure_errors(f"reading the activity log of {resource.name}"):
        found = [_change(one) for one in await manager.list(path, _VERSION)]
    changes = [one for one in found if _changes(one.operation, resource.type)]
    return sorted(changes, key=lambda one: one.time or _LONG_AGO, reverse=True)


def _changes(operation: str, kind: str) -> bool:
    """Tell whether an operation changes a resource of a type, rather than to ask about it."""
    told, own = operation.lower(), f"{kind.lower()}/"
    return told.startswith(own) and told.removeprefix(own) in _CHANGES


def _change(event: dict[str, Any]) -> Change:
    code, message = _refusal((event.get("properties") or {}).get("statusMessage"))
    return Change(
        time=_time(str(event.get("eventTimestamp") or "")),
        operation=_value(event.get("operationName")),
        status=_value(event.get("status")),
        code=code,
        message=message,
    )


def _value(told: object) -> str:
    """Return the value of what is told with a word for people beside it."""
    return str(told.get("value") or "") if isinstance(told, dict) else str(told or "")


def _time(text: str) -> datetime | None:
    try:
        whole, _, fraction = text.removesuffix("Z").partition(".")
        moment = datetime.fromisoformat(f"{whole}.{(fraction or '0')[:6].ljust(6, '0')}")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _refusal(text: object) -> tuple[str, str]:
    """Return code and message of an error, which is JSON in a string, in either of two shapes."""
    try:
        body = json.loads(str(text or ""))
    except ValueError:
        return "", str(text or "")
    if not isinstance(body, dict):
        return "", str(text)
    error = body.get("error", body)
    if not isinstance(error, dict):
        return "", str(error)
    return str(error.get("code") or ""), str(error.get("message") or "")
