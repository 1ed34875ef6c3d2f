"""Registries, as the Resource Manager knows them.

https://learn.microsoft.com/rest/api/containerregistry/registries
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.authorship import authored
from funcyard.emulator.core.manner import Manner, Tracking
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.core.writing import merged
from funcyard.emulator.managed_identity import assigned
from funcyard.emulator.registries import credentials, instances, refusals
from funcyard.emulator.registries.access import PASSWORDS
from funcyard.emulator.registries.naming import (
    REGISTRY,
    VERSIONS,
    is_registry_name,
    login_server,
    registry_named,
)

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.registry import Registry
    from funcyard.emulator.core.target import Target

_SECONDS: Final = 5
_TIERS: Final = {one.lower(): one for one in ("Basic", "Standard", "Premium")}
_DEFAULTS: Final[Json] = {
    "adminUserEnabled": False,
    "publicNetworkAccess": "Enabled",
    "networkRuleBypassOptions": "AzureServices",
    "zoneRedundancy": "Disabled",
    "anonymousPullEnabled": False,
    "dataEndpointEnabled": False,
}
_SET: Final = ("adminUserEnabled", "anonymousPullEnabled")
"""What may be another than by default."""

_ANSWERED: Final = (
    *("provisioningState", "loginServer", "creationDate", "policies", "encryption"),
    *("dataEndpointHostNames", "privateEndpointConnections", "status"),
)
_MEMBERS: Final = ("location", "tags", "sku", "identity", "properties")


def _check(core: Core, target: Target, body: Json) -> None:
    unknown = [name for name in body if name not in _MEMBERS and name not in _PASSED]
    if unknown:
        raise refusals.bad(f"Could not find member '{unknown[0]}' on object of type 'Registry'.")
    assigned.check(core, body.get("identity"))
    _check_properties(body.get("properties") or {})
    sku = body.get("sku")
    if sku is not None and str((sku or {}).get("name")).lower() not in _TIERS:
        raise refusals.bad(f"The sku is one of {', '.join(_TIERS.values())}.")
    if core.store.find(target.key) is not None:
        return
    if not is_registry_name(target.name):
        raise refusals.bad_name(target.name)
    if sku is None:
        raise refusals.bad("The property 'sku' is missing.")
    if registry_named(core, target.name) or core.faults.is_taken(REGISTRY, target.name):
        raise refusals.taken(target.name)


def _check_properties(properties: Json) -> None:
    for name, value in properties.items():
        if name in _ANSWERED or value is None:
            continue
        if name not in _DEFAULTS:
            raise refusals.bad(f"The property '{name}' is not served by the local Azure.")
        if name in _SET and not isinstance(value, bool):
            raise refusals.bad(f"The property '{name}' is true or false.")
        if name not in _SET and value != _DEFAULTS[name]:
            raise refusals.bad(f"'{name}' is only '{_DEFAULTS[name]}' at the local Azure.")


_PASSED: Final = ("id", "name", "type", "etag", "systemData", "kind")


def _complete(draft: Draft) -> Json:
    before = draft.before
    properties = {
        name: value
        for name, value in (draft.given.get("properties") or {}).items()
        if value is not None and name in _DEFAULTS
    }
    created = before.properties["creationDate"] if before is not None else draft.now
    given = draft.given.get("sku")
    tier = _TIERS[given["name"].lower()] if given else before.body["sku"]["name"] if before else ""
    return {
        "sku": {"name": tier, "tier": tier},
        "location": draft.given["location"],
        "tags": draft.given.get("tags") or {},
        "systemData": authored(draft),
        "identity": assigned.complete(draft),
        "properties": {**merged(_DEFAULTS, properties), "creationDate": created},
    }


def _secrets(_draft: Draft) -> Json:
    return {name: credentials.new_password() for name in PASSWORDS}


def _show(core: Core, kept: Kept) -> Json:
    shown = {name: value for name, value in kept.body.items() if name != "identity"}
    identity = assigned.show(core, kept)
    if identity is not None:
        shown["identity"] = identity
    told = {"loginServer": login_server(core, kept), **kept.properties}
    more = {"encryption": {"status": "disabled"}, "privateEndpointConnections": []}
    return {**shown, "properties": {**told, **more, "dataEndpointHostNames": []}}


REGISTRIES: Final = ResourceType(
    name=REGISTRY,
    versions=VERSIONS,
    put_new=Manner(201, Tracking.STATUS, _SECONDS),
    put_again=Manner(200, Tracking.STATUS, _SECONDS),
    patch=Manner(200, Tracking.STATUS, _SECONDS),
    delete=Manner(200, has_body=False),
    has_schema=False,
    status_path="TARGET/operationStatuses/registries-ID",
    passed_over=assigned.PASSED_OVER,
    check=_check,
    complete=_complete,
    secrets=_secrets,
    show=_show,
    changed=instances.serve,
    deleted=instances.take_down,
    started=instances.serve,
    actions=credentials.ACTIONS,
    note="the distribution API at its `loginServer`, which passwords and tokens open",
)


def register(registry: Registry) -> None:
    """Describe the types of Microsoft.ContainerRegistry."""
    registry.add(REGISTRIES)
    registry.add_action(
        "Microsoft.ContainerRegistry",
        "checkNameAvailability",
        credentials.check_name_availability,
        VERSIONS,
    )
