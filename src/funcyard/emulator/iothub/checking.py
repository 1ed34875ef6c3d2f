"""Which hubs are refused: names that somebody has, and what Azure or this machine has not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.emulator.durations import duration
from funcyard.emulator.iothub.errors import DevicesError
from funcyard.emulator.iothub.naming import HUB, hub_named
from funcyard.emulator.iothub.policies import is_key

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.core.target import Target

_NAME: Final = re.compile(r"(?=.{3,50}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_PARTITIONS: Final = {"F": (2, 2), "B": (2, 32), "S": (2, 32)}
_TLS: Final = ("1.0", "1.1", "1.2")
_BUILT_IN: Final = frozenset({"events", "eventgrid"})
_FREE: Final = "F1"
_UNSERVED: Final = ("ipFilterRules", "privateEndpointConnections")


def taken(name: str) -> str:
    """Return what is told of a name that somebody has."""
    return f"IotHub name '{name}' is not available"


def check(core: Core, target: Target, body: Json) -> None:
    """Refuse a hub.

    Raises:
        DevicesError: Says why.
    """
    if not _NAME.fullmatch(target.name):
        raise DevicesError(400, 400103, f"'{target.name}' is not a valid IotHub name.")
    kept = core.store.find(target.key)
    if kept is None:
        if hub_named(core, target.name) or core.faults.is_taken(HUB, target.name):
            raise DevicesError(409, 409302, taken(target.name))
    elif (body.get("properties") or {}).get("authorizationPolicies"):
        raise DevicesError(
            400, 400001, "The local IoT Hub takes policies of its own with a new hub alone."
        )
    _check_sku(body.get("sku") or {}, kept.body["sku"] if kept is not None else {})
    _check_properties(target, body, kept.body["sku"] if kept is not None else {})


def _check_sku(sku: Json, before: Json) -> None:
    name, capacity = _sku_name(sku, before), sku.get("capacity")
    most = 1 if name == _FREE else 200
    if capacity is not None and not 1 <= capacity <= most:
        raise DevicesError(400, 400015, f"Invalid SKU capacity {capacity}.")
    if before and (before["name"] == _FREE) != (name == _FREE):
        raise DevicesError(400, 400032, "A free IoT Hub cannot become another, nor another free.")


def _sku_name(sku: Json, before: Json) -> str:
    return str(sku.get("name") or before.get("name") or "S1").upper()


def _check_properties(target: Target, body: Json, before: Json) -> None:
    properties = body.get("properties") or {}
    events = (properties.get("eventHubEndpoints") or {}).get("events") or {}
    least, most = _PARTITIONS[_sku_name(body.get("sku") or {}, before)[0]]
    partitions = events.get("partitionCount")
    if partitions is not None and not least <= partitions <= most:
        raise DevicesError(
            400,
            400016,
            f"Invalid PartitionCount {partitions} - value must be between {least} and {most}.",
        )
    tls = properties.get("minTlsVersion")
    if tls is not None and tls not in _TLS:
        raise DevicesError(400, 400089, f"{tls} is not a valid MinTlsVersion value.")
    if properties.get("enableDataResidency"):
        place = body.get("location", "")
        raise DevicesError(
            400,
            400059,
            f"Requested IoT Hub features '\"DataResidency, RootCertificateV2\"' not available in"
            f" '{place}' region.",
        )
    _check_policies(properties.get("authorizationPolicies") or [])
    for name in _UNSERVED:
        if properties.get(name):
            raise DevicesError(400, 400001, f"The local IoT Hub does not serve '{name}'.")
    ttl = (properties.get("cloudToDevice") or {}).get("defaultTtlAsIso8601")
    if ttl is not None and duration(ttl) is None:
        raise DevicesError(400, 400036, f"'{ttl}' is not a valid TTL.")
    _check_routing(target, properties.get("routing") or {})


def _check_policies(given: list[Json]) -> None:
    """Refuse policies of which some could open nothing."""
    names = [str(one["keyName"]).lower() for one in given]
    if len(names) != len(set(names)):
        raise DevicesError(400, 400001, "Two shared access policies have the same name.")
    for one in given:
        for name in ("primaryKey", "secondaryKey"):
            if one.get(name) and not is_key(one[name]):
                raise DevicesError(
                    400,
                    400001,
                    f"The {name} of the policy '{one['keyName']}' is not base64 of 16 to 64 bytes.",
                )


def _check_routing(target: Target, routing: Json) -> None:
    """Refuse routes that lead out of the hub by another way than Event Grid."""
    if any((routing.get("endpoints") or {}).values()) or routing.get("enrichments"):
        raise DevicesError(
            400,
            400001,
            f"The local IoT Hub '{target.name}' routes to no endpoints of its own; subscribe to its"
            " events with Event Grid.",
        )
    for route in routing.get("routes") or ():
        if not _BUILT_IN.issuperset(route["endpointNames"]):
            raise DevicesError(
                400, 400119, f"Route {route['name']} names an endpoint that is not there."
            )
