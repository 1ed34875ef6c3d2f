"""The filters by which events are asked for; there are a few, and a time is in each.

https://learn.microsoft.com/rest/api/monitor/activity-logs/list
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from funcyard.emulator.core.errors import ArmError

_TERM: Final = re.compile(r"\s*(\w+)\s+(eq|ge|le)\s+'?([^']*?)'?\s*", re.IGNORECASE)
_FIELDS: Final = {
    "resourceuri": "resource",
    "resourceid": "resource",
    "resourcegroupname": "group",
    "resourceprovider": "provider",
    "correlationid": "correlation",
}
_TIME: Final = "eventtimestamp"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events are wanted; what is empty wants all.

    Attributes:
        since: The earliest time, as Azure writes one.
        until: The latest.
        resource: The id of a resource.
        group: The name of a resource group.
        provider: The name of a provider.
        correlation: The id of a request.
    """

    since: str = ""
    until: str = ""
    resource: str = ""
    group: str = ""
    provider: str = ""
    correlation: str = ""


def read_filter(text: str) -> Filter:
    """Return what a filter wants.

    Raises:
        ArmError: It is none, names no earliest time, or more than one thing beside times.
    """
    found = Filter()
    for term in re.split(r"\s+and\s+", text.strip(), flags=re.IGNORECASE):
        match = _TERM.fullmatch(term)
        if match is None:
            raise _refused(f"'{term}' is no condition")
        name, relation, value = match[1].lower(), match[2].lower(), match[3]
        if name == _TIME and relation != "eq":
            time = _time(value)
            found = replace(found, **{"since" if relation == "ge" else "until": time})
        elif name in _FIELDS and relation == "eq" and value:
            if found.resource or found.group or found.provider or found.correlation:
                raise _refused("of resource, group, provider and correlation one can be named")
            found = replace(found, **{_FIELDS[name]: value})
        else:
            raise _refused(f"'{term}' is not supported")
    if not found.since:
        raise _refused("the start time (eventTimestamp ge) is required")
    return found


def _time(text: str) -> str:
    try:
        moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except ValueError:
        raise _refused(f"'{text}' is no time") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"


def _refused(why: str) -> ArmError:
    return ArmError(400, "BadRequest", f"Invalid filter: {why}.")
