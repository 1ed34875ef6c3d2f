"""An account as answers show it: what was asked for, defaults, its regions and addresses."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.regions import REGIONS, region
from funcyard.emulator.cosmos.keys import NAMES

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json, Kept

_CREATING: Final = "Creating"
TOLD: Final = (
    "EnabledApiTypes",
    "documentEndpoint",
    "enablePartitionKeyMonitor",
    "failoverPolicies",
    "instanceId",
    "keysMetadata",
    "provisioningState",
    "readLocations",
    "sqlEndpoint",
    "writeLocations",
    "configurationOverrides",
    "privateEndpointConnections",
)
"""What answers hold beside what may be given."""


def defaults(now: str, serial: str) -> Json:
    """Return the properties of an account for which nothing was asked."""
    return {
        "publicNetworkAccess": "Enabled",
        "enableAutomaticFailover": False,
        "enableMultipleWriteLocations": False,
        "enablePartitionKeyMonitor": False,
        "isVirtualNetworkFilterEnabled": False,
        "virtualNetworkRules": [],
        "EnabledApiTypes": "Sql",
        "disableKeyBasedMetadataWriteAccess": False,
        "enableFreeTier": False,
        "enableAnalyticalStorage": False,
        "analyticalStorageConfiguration": {"schemaType": "WellDefined"},
        "instanceId": str(uuid.uuid5(uuid.NAMESPACE_URL, serial)),
        "databaseAccountOfferType": "Standard",
        "enableFullFidelityChangeFeed": False,
        "defaultIdentity": "FirstPartyIdentity",
        "networkAclBypass": "None",
        "disableLocalAuth": False,
        "enablePartitionMerge": False,
        "enablePerRegionPerPartitionAutoscale": False,
        "enableBurstCapacity": False,
        "minimalTlsVersion": "Tls12",
        "consistencyPolicy": {
            "defaultConsistencyLevel": "Session",
            "maxIntervalInSeconds": 5,
            "maxStalenessPrefix": 100,
        },
        "cors": [],
        "capabilities": [],
        "ipRules": [],
        "backupPolicy": {
            "type": "Periodic",
            "periodicModeProperties": {
                "backupIntervalInMinutes": 240,
                "backupRetentionIntervalInHours": 8,
                "backupStorageRedundancy": "Geo",
            },
        },
        "networkAclBypassResourceIds": [],
        "keysMetadata": {name: {"generationTime": now} for name in NAMES},
    }


def account(core: Core, kept: Kept) -> Json:
    """Return what answers show of an account beside id, name and type."""
    properties = dict(kept.properties)
    url = core.cosmos.url(core, kept.name) if kept.state != _CREATING else None
    if url is not None:
        properties |= {"documentEndpoint": url, "sqlEndpoint": url}
    regions = sorted(properties["locations"], key=lambda one: int(one["failoverPriority"]))
    shown = [_location(kept, one, url) for one in regions]
    properties |= {
        "writeLocations": shown[:1],
        "readLocations": shown,
        "locations": shown,
        "failoverPolicies": [
            {name: one[name] for name in ("id", "locationName", "failoverPriority")}
            for one in shown
        ],
    }
    return {
        "location": REGIONS[kept.body["location"]],
        "kind": kept.body["kind"],
        "tags": kept.body.get("tags") or {},
        "systemData": {"createdAt": kept.created},
        "identity": kept.body.get("identity") or {"type": "None"},
        "properties": properties,
    }


def _location(kept: Kept, given: Json, url: str | None) -> Json:
    name = region(str(given["locationName"]))
    told: Json = {"id": f"{kept.name}-{name}", "locationName": REGIONS.get(name, name)}
    if url is not None:
        told["documentEndpoint"] = url
    return {
        **told,
        "provisioningState": kept.state,
        "failoverPriority": given["failoverPriority"],
        "isZoneRedundant": bool(given.get("isZoneRedundant")),
    }
