"""Storage accounts: what is filled in, what they show, and their servers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.core.manner import Manner, Tracking
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.core.writing import merged
from funcyard.emulator.storage import errors, keys
from funcyard.emulator.storage.naming import ACCOUNT, VERSIONS, account_named
from funcyard.emulator.storage.part_types import TYPES
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.registry import Registry
    from funcyard.emulator.core.target import Target

_NAME: Final = re.compile(r"[a-z0-9]{3,24}")
_SECONDS: Final = 17
_SECOND_REGION: Final = {"eastus": "westus", "westus": "eastus", "westeurope": "northeurope"}
_OTHERWISE: Final = "westeurope"
_ANSWERED: Final = (
    "provisioningState",
    "primaryEndpoints",
    "primaryLocation",
    "statusOfPrimary",
    "secondaryLocation",
    "secondaryEndpoints",
    "statusOfSecondary",
    "creationTime",
    "keyCreationTime",
    "privateEndpointConnections",
    "encryption.services.blob.lastEnabledTime",
    "encryption.services.file.lastEnabledTime",
)


def _check(core: Core, target: Target, body: Json) -> None:
    if not _NAME.fullmatch(target.name):
        raise errors.bad_name(target.name)
    kept = core.store.find(target.key)
    if kept is not None:
        if body.get("kind", kept.body["kind"]) != kept.body["kind"]:
            raise errors.fixed("kind")
        return
    for name in ("sku", "kind"):
        if body.get(name) is None:
            raise errors.missing(name)
    other = account_named(core, target.name)
    if other is not None:
        if other.target.subscription == target.subscription:
            raise errors.in_another_group(target.name)
        raise errors.taken(target.name)
    if core.faults.is_taken(ACCOUNT, target.name):
        raise errors.taken(target.name)


def _complete(draft: Draft) -> Json:
    before = draft.before.body if draft.before is not None else _defaults(draft.now)
    given = {name: value for name, value in draft.given.items() if value is not None}
    body = merged(before, given)
    encrypted = body["properties"]["encryption"]
    encrypted.setdefault("keySource", "Microsoft.Storage")
    services = encrypted.setdefault("services", {})
    for service in ("blob", "file"):
        services[service] = {**_encrypted(draft.now), **(services.get(service) or {})}
    name = str(body["sku"]["name"])
    body["sku"] = {"name": name, "tier": name.partition("_")[0].removesuffix("V2")}
    body["tags"] = draft.given.get("tags") or {}
    return body


def _defaults(now: str) -> Json:
    return {
        "properties": {
            "keyCreationTime": {"key1": now, "key2": now},
            "allowCrossTenantReplication": False,
            "privateEndpointConnections": [],
            "minimumTlsVersion": "TLS1_0",
            "allowBlobPublicAccess": False,
            "networkAcls": {
                "ipv6Rules": [],
                "bypass": "AzureServices",
                "virtualNetworkRules": [],
                "ipRules": [],
                "defaultAction": "Allow",
            },
            "supportsHttpsTrafficOnly": True,
            "encryption": {"services": {}, "keySource": "Microsoft.Storage"},
            "accessTier": "Hot",
            "creationTime": now,
        }
    }


def _encrypted(now: str) -> dict[str, Any]:
    return {"keyType": "Account", "enabled": True, "lastEnabledTime": now}


def _new_keys(_draft: Draft) -> Json:
    return {name: keys.new() for name in keys.NAMES}


def _show(core: Core, kept: Kept) -> Json:
    location = str(kept.body["location"])
    endpoints = core.storage.endpoints(kept.name)
    more: Json = {
        "primaryEndpoints": endpoints,
        "primaryLocation": location,
        "statusOfPrimary": "available",
    }
    sku = str(kept.body["sku"]["name"])
    if "GRS" in sku or "GZRS" in sku:
        more["secondaryLocation"] = _SECOND_REGION.get(location, _OTHERWISE)
        more["statusOfSecondary"] = "available"
    if "_RA" in sku:
        secondary = {
            service: url.replace(f"/{kept.name}/", f"/{kept.name}-secondary/")
            for service, url in endpoints.items()
            if service != "file"
        }
        more["secondaryEndpoints"] = secondary
    return {**kept.body, "properties": {**kept.properties, **more}}


async def _serve(core: Core, kept: Kept) -> None:
    try:
        await core.storage.ensure(kept.name, keys.of(kept))
    except FuncyardError as fault:
        raise ArmError(409, "ResourceDeploymentFailure", fault.message) from fault


async def _serve_again(core: Core, kept: Kept) -> None:
    await core.storage.ensure(kept.name, keys.of(kept))


async def _take_down(core: Core, kept: Kept) -> None:
    await core.storage.remove(kept.name)


ACCOUNTS: Final = ResourceType(
    name=ACCOUNT,
    versions=VERSIONS,
    put_new=Manner(202, Tracking.LOCATION, _SECONDS, has_body=False),
    delete=Manner(200, has_body=False),
    passed_over=frozenset({"sku.tier", *(f"properties.{name}" for name in _ANSWERED)}),
    result_path="/subscriptions/SUBSCRIPTION/providers/Microsoft.Storage/locations/LOCATION"
    "/asyncoperations/ID?monitor=true",
    retry_after=_SECONDS,
    check=_check,
    complete=_complete,
    secrets=_new_keys,
    show=_show,
    changed=_serve,
    deleted=_take_down,
    started=_serve_again,
    actions=keys.ACTIONS,
    note="an Azurite and an Azure Files of its own, which its keys open",
)


def register(registry: Registry) -> None:
    """Describe the types of Microsoft.Storage."""
    registry.add(ACCOUNTS, *TYPES)
    registry.add_action(
        "Microsoft.Storage", "checkNameAvailability", keys.check_name_availability, VERSIONS
    )
