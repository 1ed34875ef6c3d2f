"""User-assigned identities, what federates with them, and who is known in the tenant."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.errors import refused
from funcyard.emulator.core.manner import Manner
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.registry import Registry
    from funcyard.emulator.core.target import Target

IDENTITY: Final = "Microsoft.ManagedIdentity/userAssignedIdentities"
_VERSIONS: Final = ("2024-11-30", "2023-01-31", "2022-01-31-preview", "2018-11-30")
_GIVEN: Final = ("tenantId", "principalId", "clientId")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{2,127}", re.IGNORECASE)


def identities(core: Core) -> list[Kept]:
    """Return the identities of all subscriptions."""
    return core.store.of_type(IDENTITY)


def principals(core: Core) -> dict[str, str]:
    """Return who is known in the tenant: object id to kind."""
    known = {core.issuer.application_id: "ServicePrincipal"}
    known |= {kept.properties["principalId"]: "ServicePrincipal" for kept in identities(core)}
    known |= dict.fromkeys(core.directory.principals(), "ServicePrincipal")
    own = ((one.body.get("identity") or {}) for one in core.store.below("/subscriptions"))
    return known | {one["principalId"]: "ServicePrincipal" for one in own if "principalId" in one}


def _check(_core: Core, target: Target, _body: Json) -> None:
    if not _NAME.fullmatch(target.name):
        raise refused(
            400,
            "InvalidResourceName",
            f"The resource name '{target.name}' is invalid: 3 to 128 letters, digits, '-' and '_',"
            " a letter or digit first.",
            by_gateway=False,
        )


def _complete(draft: Draft) -> Json:
    given = draft.given.get("properties") or {}
    before = draft.before.properties if draft.before is not None else {}
    own = {
        "tenantId": draft.core.issuer.tenant.id,
        "principalId": before.get("principalId") or str(uuid.uuid4()),
        "clientId": before.get("clientId") or str(uuid.uuid4()),
    }
    return {
        "location": draft.given["location"],
        "tags": draft.given.get("tags") or {},
        "properties": {**given, **own},
    }


def _spell(identifier: str) -> str:
    """Return an id as this provider spells it."""
    return identifier.replace("/resourceGroups/", "/resourcegroups/")


async def _associated(call: Call, kept: Kept) -> Answer:
    """Return the resources that have an identity."""
    found: list[Json] = []
    for one in call.core.store.below("/subscriptions"):
        assigned = (one.body.get("identity") or {}).get("userAssignedIdentities") or {}
        if kept.key in {identifier.lower() for identifier in assigned}:
            group = one.target.group
            shown = {"id": one.id, "name": one.name, "type": one.type.lower()}
            found.append(
                {**shown, "resourceGroup": group, "subscriptionId": one.target.subscription}
            )
    return Answer(200, {"totalCount": len(found), "value": found})


IDENTITIES: Final = ResourceType(
    name=IDENTITY,
    versions=_VERSIONS,
    delete=Manner(200, has_body=False),
    has_state=False,
    tells_location=True,
    passed_over=frozenset(f"properties.{name}" for name in _GIVEN),
    check=_check,
    complete=_complete,
    spell=_spell,
    actions={"listassociatedresources": _associated},
    note="its tokens are had where `IDENTITY_ENDPOINT` says",
)
CREDENTIALS: Final = ResourceType(
    name=f"{IDENTITY}/federatedIdentityCredentials",
    versions=_VERSIONS,
    patch=None,
    delete=Manner(200, has_body=False),
    is_located=False,
    is_tagged=False,
    has_state=False,
    tells_location=True,
    spell=_spell,
    note="kept; nobody signs in by one",
)


def register(registry: Registry) -> None:
    """Describe the types of Microsoft.ManagedIdentity."""
    registry.add(IDENTITIES, CREDENTIALS)
