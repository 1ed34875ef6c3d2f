"""What the activity log tells of a change: an event, as Azure Monitor writes one.

https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema
"""

from __future__ import annotations

import json
import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.target import group_of, read, subscription_of

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.records import Json, Operation

_VERBS: Final = {"PUT": "write", "PATCH": "write", "DELETE": "delete"}
_REFUSED: Final = 400
_ACCEPTED: Final = 202


def of_request(call: Call, status: int, body: object, correlation: str, now: str) -> Json | None:
    """Return the event of a request that was answered; None where it changes nothing.

    Args:
        call: The request.
        status: Of the answer.
        body: Its body.
        correlation: The id by which the answer is known.
        now: The time of day, as Azure writes it.
    """
    resource, action = _changed(call)
    if not resource:
        return None
    failed = status >= _REFUSED
    word = "Failed" if failed else ("Accepted" if status == _ACCEPTED else "Succeeded")
    event = _event(resource, action, word, status, correlation, now)
    event["caller"] = call.caller.id
    event["authorization"] = {"action": action, "scope": resource}
    if failed:
        event["properties"]["statusMessage"] = json.dumps(body)
    return event


def of_operation(one: Operation, now: str) -> Json:
    """Return the event of a change that took its time, at its end."""
    target, _ = read(one.target)
    kind = target.type if target is not None else "Microsoft.Resources"
    action = f"{kind}/{'delete' if one.verb == 'delete' else 'write'}"
    status = one.status if one.error is None else int(one.error["status"])
    word = "Succeeded" if one.error is None else "Failed"
    event = _event(one.target, action, word, status, one.id, now)
    if one.error is not None:
        told = {name: value for name, value in one.error.items() if name != "status"}
        event["properties"]["statusMessage"] = json.dumps({"status": "Failed", "error": told})
    return event


def _changed(call: Call) -> tuple[str, str]:
    """Return the id of what a request changes, and what it does to it; nothing where it reads."""
    target, method = call.target, call.request.method
    if target is None or not target.names or not subscription_of(target.id):
        return "", ""
    if method == "POST" and call.word is not None:
        return target.id, f"{target.type}/{call.word}/action"
    verb = _VERBS.get(method)
    return (
        ("", "") if verb is None or call.word is not None else (target.id, f"{target.type}/{verb}")
    )


def _event(resource: str, action: str, word: str, status: int, correlation: str, now: str) -> Json:
    kind = action.rpartition("/")[0].removesuffix("/action")
    identifier = str(uuid.uuid4())
    phrase = HTTPStatus(status).phrase
    return {
        "id": f"{resource}/events/{identifier}/ticks/0",
        "eventDataId": identifier,
        "correlationId": correlation,
        "operationId": correlation,
        "channels": "Operation",
        "level": "Error" if word == "Failed" else "Informational",
        "category": _named("Administrative"),
        "eventName": _named("EndRequest", "End request"),
        "operationName": _named(action),
        "status": _named(word),
        "subStatus": _named(phrase.replace(" ", ""), f"{phrase} (HTTP Status Code: {status})"),
        "eventTimestamp": now,
        "submissionTimestamp": now,
        "subscriptionId": subscription_of(resource),
        "resourceGroupName": group_of(resource),
        "resourceProviderName": _named(kind.partition("/")[0]),
        "resourceType": _named(kind),
        "resourceId": resource,
        "properties": {"statusCode": phrase.replace(" ", ""), "serviceRequestId": correlation},
    }


def _named(value: str, display: str | None = None) -> Json:
    return {"value": value, "localizedValue": value if display is None else display}
