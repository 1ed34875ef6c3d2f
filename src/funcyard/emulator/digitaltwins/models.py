"""Instances of Azure Digital Twins, as the Resource Manager knows them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.authorship import authored
from funcyard.emulator.core.errors import bad_content, refused
from funcyard.emulator.core.manner import Manner, Tracking
from funcyard.emulator.core.records import SUCCEEDED
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.core.writing import merged
from funcyard.emulator.digitaltwins import instances
from funcyard.emulator.digitaltwins.endpoints import ENDPOINTS
from funcyard.emulator.digitaltwins.naming import INSTANCE, STATES, VERSIONS
from funcyard.emulator.http import Answer
from funcyard.emulator.managed_identity import assigned

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.registry import Registry
    from funcyard.emulator.core.target import Target

_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{1,61})[A-Za-z0-9]")
_SECONDS: Final = 47
_DELETION_SECONDS: Final = 26
_ANSWERED: Final = (
    "createdTime",
    "hostName",
    "lastUpdatedTime",
    "provisioningState",
)
_CHECK: Final = "locations/checkNameAvailability"


def _check(core: Core, target: Target, body: Json) -> None:
    assigned.check(core, body.get("identity"))
    if core.store.find(target.key) is not None:
        return
    if not _NAME.fullmatch(target.name):
        raise refused(
            400,
            "InvalidResourceName",
            f"The name '{target.name}' is invalid: 3 to 63 letters, digits and hyphens, no hyphen"
            " first or last.",
            by_gateway=False,
        )
    if _is_taken(core, target.name):
        raise refused(
            409,
            "NameUnavailable",
            f"'{target.name}' is not available.",
            by_gateway=False,
        )


def _is_taken(core: Core, name: str) -> bool:
    there = (one.name.lower() for one in core.store.of_type(INSTANCE))
    return name.lower() in there or core.faults.is_taken(INSTANCE, name)


def _complete(draft: Draft) -> Json:
    before = draft.before.properties if draft.before is not None else {}
    given = draft.given.get("properties") or {}
    return {
        "location": draft.given["location"],
        "tags": draft.given.get("tags"),
        "identity": assigned.complete(draft),
        "properties": merged({"publicNetworkAccess": "Enabled"}, given)
        | {"createdTime": before.get("createdTime", draft.now), "lastUpdatedTime": draft.now},
        "systemData": authored(draft),
    }


def _show(core: Core, kept: Kept) -> Json:
    is_there = kept.state != "Creating"
    host = core.planes.host(instances.plane(kept.name)) if is_there else None
    properties = {**kept.properties, "hostName": host}
    properties.pop("privateEndpointConnections", None)
    if kept.state == SUCCEEDED:
        properties["privateEndpointConnections"] = []
    shown = {**kept.body, "properties": properties}
    identity = assigned.show(core, kept, is_told=is_there)
    if identity is None:
        del shown["identity"]
    else:
        shown["identity"] = identity
    return shown


async def _check_name(call: Call) -> Answer:
    body = call.body()
    name = body.get("name")
    if not isinstance(name, str) or str(body.get("type")).lower() != INSTANCE.lower():
        raise bad_content("Expected a name, and the type of instances. Path 'name'.")
    if not _NAME.fullmatch(name):
        return Answer(200, _availability(name, "Invalid", "is invalid"))
    if _is_taken(call.core, name):
        return Answer(200, _availability(name, "AlreadyExists", "is not available"))
    return Answer(200, _availability(name, "NameIsAvailable", "is available"))


def _availability(name: str, reason: str, message: str) -> Json:
    return {
        "nameAvailable": reason == "NameIsAvailable",
        "reason": reason,
        "message": f"'{name}' {message}.",
    }


INSTANCES: Final = ResourceType(
    name=INSTANCE,
    versions=VERSIONS,
    put_new=Manner(201, Tracking.BOTH, _SECONDS),
    put_again=Manner(201, Tracking.BOTH, _SECONDS),
    patch=Manner(200),
    delete=Manner(202, Tracking.BOTH, _DELETION_SECONDS),
    states=STATES,
    result_path="/subscriptions/SUBSCRIPTION/providers/Microsoft.DigitalTwins/locations/LOCATION"
    "/operationResults/ID",
    status_path="/subscriptions/SUBSCRIPTION/providers/Microsoft.DigitalTwins/locations/LOCATION"
    "/operationsStatuses/ID",
    retry_after=10,
    passed_over=assigned.PASSED_OVER | {f"properties.{name}" for name in _ANSWERED},
    check=_check,
    complete=_complete,
    show=_show,
    changed=instances.serve,
    deleted=instances.take_down,
    started=instances.serve,
    note="a graph of its own, at the address that `hostName` tells",
)


def register(registry: Registry) -> None:
    """Describe the types of Microsoft.DigitalTwins."""
    registry.add(INSTANCES, ENDPOINTS)
    registry.add_action("Microsoft.DigitalTwins", _CHECK, _check_name, VERSIONS)
