"""Endpoints of an instance: where event routes would send to, of which there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.authorship import authored
from funcyard.emulator.core.errors import bad_content
from funcyard.emulator.core.manner import Manner, Tracking
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.digitaltwins.naming import INSTANCE, STATES, VERSIONS

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.target import Target

_SECONDS: Final = 6
_ANSWERED: Final = ("createdTime", "provisioningState")
_KNOWN: Final = ("authenticationType", "endpointType", "endpointUri", "entityPath", "identity")


def _check(_core: Core, _target: Target, body: Json) -> None:
    """Refuse what was never seen answered: other kinds, and those that open with a key."""
    properties = body.get("properties")
    if not isinstance(properties, dict):
        raise bad_content("Expected an object. Path 'properties'.")
    for name in properties:
        if name not in (*_KNOWN, *_ANSWERED):
            raise bad_content(f"Could not find member '{name}'. Path 'properties.{name}'.")
    if properties.get("endpointType") != "ServiceBus":
        raise bad_content("Only 'ServiceBus' is served. Path 'properties.endpointType'.")
    if properties.get("authenticationType") != "IdentityBased":
        raise bad_content("Only 'IdentityBased' is served. Path 'properties.authenticationType'.")
    for name in ("endpointUri", "entityPath"):
        if not isinstance(properties.get(name), str):
            raise bad_content(f"Expected a string. Path 'properties.{name}'.")


def _place(core: Core, kept: Kept) -> str:
    """Return the region of the instance."""
    parent = kept.target.parent
    above = core.store.find(parent.key) if parent is not None else None
    return str(above.body["location"]) if above is not None else ""


def _complete(draft: Draft) -> Json:
    given = draft.given["properties"]
    before = draft.before.properties if draft.before is not None else {}
    kept = {name: given[name] for name in _KNOWN if name in given}
    created = before.get("createdTime", draft.now.replace("Z", "+00:00"))
    return {"properties": {**kept, "createdTime": created}, "systemData": authored(draft)}


ENDPOINTS: Final = ResourceType(
    name=f"{INSTANCE}/endpoints",
    versions=VERSIONS,
    put_new=Manner(201, Tracking.BOTH, _SECONDS),
    put_again=Manner(201, Tracking.BOTH, _SECONDS),
    patch=None,
    delete=Manner(202, Tracking.BOTH, _SECONDS),
    has_schema=False,
    is_located=False,
    is_tagged=False,
    states=STATES,
    result_path="/subscriptions/SUBSCRIPTION/providers/Microsoft.DigitalTwins/locations/LOCATION"
    "/operationResults/ID",
    status_path="/subscriptions/SUBSCRIPTION/providers/Microsoft.DigitalTwins/locations/LOCATION"
    "/operationsStatuses/ID",
    place=_place,
    retry_after=10,
    check=_check,
    complete=_complete,
    note="of `ServiceBus` with an identity only; kept, and nothing is sent there",
)
