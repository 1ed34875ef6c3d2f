"""Hubs: what is filled in, what they show, and their servers."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.errors import bad_content
from funcyard.emulator.core.manner import Manner, Tracking
from funcyard.emulator.core.records import DELETING, FAILED, SUCCEEDED
from funcyard.emulator.core.regions import REGIONS
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.core.writing import merged
from funcyard.emulator.http import Answer
from funcyard.emulator.iothub import checking, policies
from funcyard.emulator.iothub.consumer_groups import CONSUMER_GROUPS, ENDPOINTS
from funcyard.emulator.iothub.errors import DevicesError
from funcyard.emulator.iothub.naming import HUB, VERSIONS, hub_named
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.registry import Registry

_SECONDS: Final = 90
_DELETE_SECONDS: Final = 30
_STATES: Final = {"Creating": "Activating", "Updating": "Transitioning"}
_SECOND_REGION: Final = {"westeurope": "northeurope", "northeurope": "westeurope"}
_OTHERWISE: Final = "westus2"
_ANSWERED: Final = ("provisioningState", "state", "hostName", "locations", "rootCertificate")
_OF_EVENTS: Final = ("partitionIds", "path", "endpoint")
_PATH: Final = (
    "/subscriptions/SUBSCRIPTION/providers/Microsoft.Devices/locations/LOCATION/operationResults/ID"
    "?operationSource=other"
)


def _complete(draft: Draft) -> Json:
    before = draft.before.body if draft.before is not None else _defaults(draft.now)
    given = _said(draft.given)
    properties = {
        name: value
        for name, value in (given.pop("properties", None) or {}).items()
        if name not in {*_ANSWERED, "authorizationPolicies"}
    }
    body = merged(before, {**given, "properties": properties})
    for endpoint in body["properties"]["eventHubEndpoints"].values():
        for name in _OF_EVENTS:
            endpoint.pop(name, None)
    name = body["sku"]["name"].upper()
    tier = {"F": "Free", "B": "Basic", "S": "Standard"}[name[0]]
    body["sku"] = {"name": name, "tier": tier, "capacity": body["sku"].get("capacity", 1)}
    body["tags"] = draft.given.get("tags") or {}
    return body


def _said(value: Json) -> Json:
    """Return an object without what it says nothing of."""
    return {
        name: _said(one) if isinstance(one, dict) else one
        for name, one in value.items()
        if one is not None
    }


def _defaults(now: str) -> Json:
    lasts = {"lockDurationAsIso8601": "PT1M", "ttlAsIso8601": "PT1H", "maxDeliveryCount": 10}
    return {
        "properties": {
            "ipFilterRules": [],
            "eventHubEndpoints": {"events": {"retentionTimeInDays": 1, "partitionCount": 4}},
            "routing": {
                "endpoints": {
                    "serviceBusQueues": [],
                    "serviceBusTopics": [],
                    "eventHubs": [],
                    "storageContainers": [],
                    "cosmosDBSqlContainers": [],
                },
                "routes": [],
                "fallbackRoute": {
                    "name": "$fallback",
                    "source": "DeviceMessages",
                    "condition": "true",
                    "endpointNames": ["events"],
                    "isEnabled": True,
                },
            },
            "storageEndpoints": {
                "$default": {"sasTtlAsIso8601": "PT1H", "connectionString": "", "containerName": ""}
            },
            "messagingEndpoints": {"fileNotifications": lasts},
            "enableFileUploadNotifications": False,
            "cloudToDevice": {
                "maxDeliveryCount": 10,
                "defaultTtlAsIso8601": "PT1H",
                "feedback": lasts,
            },
            "features": "None",
            "allowedFqdnList": [],
        },
        "identity": {"type": "None"},
        "systemData": {"createdAt": now},
    }


def _show(core: Core, kept: Kept) -> Json:
    location = str(kept.body["location"])
    second = _SECOND_REGION.get(location, _OTHERWISE)
    is_ready = kept.state in {SUCCEEDED, DELETING, "Updating"}
    state = {SUCCEEDED: "Active", FAILED: "ActivationFailed"}.get(kept.state)
    more: Json = {
        "locations": [
            {"location": REGIONS[location], "role": "primary"},
            {"location": REGIONS[second], "role": "secondary"},
        ],
        "state": state or _STATES.get(kept.state, kept.state),
        "rootCertificate": {"enableRootCertificateV2": True, "lastUpdatedTimeUtc": kept.created},
    }
    host = core.hubs.host(kept.name)
    if is_ready and host is not None:
        events = kept.properties["eventHubEndpoints"]["events"]
        count = events.get("partitionCount", 4)
        told = {
            "partitionIds": [str(number) for number in range(count)],
            "path": kept.name.lower(),
            "endpoint": f"sb://{host}/",
        }
        more |= {"hostName": host, "eventHubEndpoints": {"events": {**events, **told}}}
    target = kept.target
    named = {"subscriptionid": target.subscription, "resourcegroup": target.group}
    return {**kept.body, **named, "properties": {**kept.properties, **more}}


def _begun(shown: Json) -> Json:
    """Return what the answer to a PUT shows: what was sent, and that it was accepted."""
    hidden = (*_ANSWERED, "ipFilterRules", "routing")
    kept = {name: value for name, value in shown["properties"].items() if name not in hidden}
    left = {name: value for name, value in shown.items() if name not in _LATER}
    return {**left, "properties": {**kept, "provisioningState": "Accepted"}}


_LATER: Final = frozenset({"etag", "identity", "systemData"})


def _etag(kept: Kept) -> str:
    number = zlib.crc32(json.dumps([kept.body, kept.state, kept.changed]).encode())
    return base64.b64encode(struct.pack(">II", 12, number)).decode()


async def _serve(core: Core, kept: Kept) -> None:
    policies.keep(core, kept)
    try:
        await core.hubs.ensure(core, kept)
    except FuncyardError as fault:
        raise DevicesError(500, 500100, fault.message) from fault


async def _serve_again(core: Core, kept: Kept) -> None:
    await core.hubs.ensure(core, kept)


async def _take_down(core: Core, kept: Kept) -> None:
    await core.hubs.remove(kept.name)


async def _check_name(call: Call) -> Answer:
    name = call.body().get("name")
    if not isinstance(name, str):
        raise bad_content("Expected a string. Path 'name'.")
    if hub_named(call.core, name) or call.core.faults.is_taken(HUB, name):
        told = {"reason": "AlreadyExists", "message": checking.taken(name)}
        return Answer(200, {"nameAvailable": False, **told})
    return Answer(200, {"nameAvailable": True, "reason": "Invalid", "message": None})


HUBS: Final = ResourceType(
    name=HUB,
    versions=VERSIONS,
    put_new=Manner(201, Tracking.STATUS, _SECONDS),
    put_again=Manner(201, Tracking.STATUS, _DELETE_SECONDS),
    delete=Manner(202, Tracking.BOTH, _DELETE_SECONDS, has_body=False, says_null=True),
    passed_over=frozenset(
        {
            *(f"properties.{name}" for name in _ANSWERED),
            *(f"properties.eventHubEndpoints.events.{name}" for name in _OF_EVENTS),
            *("subscriptionid", "resourcegroup", "sku.tier"),
        }
    ),
    result_path=_PATH,
    status_path=f"{_PATH}&asyncinfo",
    states=_STATES,
    tells_only_status=True,
    begun=_begun,
    etag=_etag,
    check=checking.check,
    complete=_complete,
    secrets=policies.made,
    show=_show,
    changed=_serve,
    deleted=_take_down,
    started=_serve_again,
    actions={"listkeys": policies.list_keys},
    note="an address of its own, where services and devices reach it by HTTPS and MQTT",
)


def register(registry: Registry) -> None:
    """Describe the types of Microsoft.Devices."""
    registry.add(HUBS, policies.KEYS, ENDPOINTS, CONSUMER_GROUPS)
    registry.add_action("Microsoft.Devices", "checkNameAvailability", _check_name, VERSIONS)
