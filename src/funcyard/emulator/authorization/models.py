"""Role definitions, which are built in, and role assignments, which anybody may have."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Final

from funcyard.emulator.authorization import errors
from funcyard.emulator.authorization.roles import ROLES, role
from funcyard.emulator.core.backing import ReadOnly
from funcyard.emulator.core.errors import refused
from funcyard.emulator.core.manner import Manner
from funcyard.emulator.core.target import subscription_of
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.managed_identity.models import principals

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.registry import Registry
    from funcyard.emulator.core.target import Target

ASSIGNMENT: Final = "Microsoft.Authorization/roleAssignments"
_DEFINITION: Final = "Microsoft.Authorization/roleDefinitions"
_VERSIONS: Final = (
    "2022-05-01-preview",
    "2022-04-01",
    "2020-10-01-preview",
    "2020-04-01-preview",
    "2018-01-01-preview",
    "2015-07-01",
)
_FILTER: Final = re.compile(r"(roleName|type|principalId)\s+eq\s+'([^']*)'", re.IGNORECASE)
_OPTIONAL: Final = (
    "condition",
    "conditionVersion",
    "delegatedManagedIdentityResourceId",
    "description",
)
_SHOWN: Final = frozenset(
    f"properties.{name}" for name in ("scope", "createdOn", "updatedOn", "createdBy", "updatedBy")
)


class _BuiltIn(ReadOnly):
    """The built-in roles, which are there at every scope and cannot be changed."""

    async def get(self, core: Core, target: Target) -> Json | None:  # noqa: ARG002 - as every backing
        found = role(target.name)
        return None if found is None else found.shown(target.subscription)

    async def list(self, core: Core, parent: Target) -> list[Json]:  # noqa: ARG002 - as every backing
        return [one.shown(parent.subscription) for one in ROLES]


def _listed_roles(call: Call, scope: str) -> list[Json]:
    name, value = _wanted(call, {"rolename", "type", "atscopeandbelow()"})
    shown = [one.shown(subscription_of(scope)) for one in ROLES]
    if name == "rolename":
        return [one for one in shown if one["properties"]["roleName"].lower() == value]
    if name == "type" and value != "builtinrole":
        return []
    return shown


def _listed_assignments(call: Call, scope: str) -> list[Json]:
    """Return what is assigned at a scope, above it, and below it unless that is not wanted."""
    name, value = _wanted(call, {"principalid", "atscope()", "assignedto"})
    found = []
    for kept in call.core.store.of_type(ASSIGNMENT):
        own = kept.target.scope
        at_or_above = is_within(scope, own)
        if not at_or_above and (name == "atscope()" or not is_within(own, scope)):
            continue
        if name in {"principalid", "assignedto"} and kept.properties["principalId"] != value:
            continue
        found.append(call.core.show(kept))
    return found


def _wanted(call: Call, known: set[str]) -> tuple[str, str]:
    text = call.request.query.get("$filter", "").strip()
    lowered = text.lower()
    if not text or lowered in known:
        return lowered, ""
    if assigned := re.fullmatch(r"assignedto\('([^']*)'\)", lowered):
        return "assignedto", assigned[1]
    found = _FILTER.fullmatch(text)
    if found is None or found[1].lower() not in known:
        raise refused(400, "InvalidFilter", f"The filter '{text}' is not supported.")
    return found[1].lower(), found[2].lower()


def is_within(scope: str, other: str) -> bool:
    """Whether a scope is another, or below it."""
    return f"{scope.lower()}/".startswith(f"{other.lower()}/")


def _check(core: Core, target: Target, body: Json) -> None:
    if not _is_guid(target.name):
        raise errors.bad_name(target.name)
    given = body.get("properties") or {}
    before = core.store.find(target.key)
    principal = str(given.get("principalId", "")).lower()
    definition = str(given.get("roleDefinitionId", ""))
    found = role(definition)
    if found is None:
        raise errors.no_role(definition.rpartition("/")[2])
    if before is not None:
        old = before.properties
        if old["principalId"] != principal or role(old["roleDefinitionId"]) != found:
            raise errors.not_updatable()
        return
    if not _is_guid(principal):
        raise errors.bad_principal(principal)
    actual = principals(core).get(principal)
    wanted = given.get("principalType")
    if actual is None and wanted is None:
        raise errors.no_principal(principal, core.issuer.tenant.id)
    if actual is not None and wanted is not None and wanted != actual:
        raise errors.wrong_principal_type(principal, actual, wanted)
    for other in core.store.of_type(ASSIGNMENT):
        held = other.properties
        same = held["principalId"] == principal and role(held["roleDefinitionId"]) == found
        if same and other.target.scope.lower() == target.scope.lower():
            raise errors.exists_already()


def _is_guid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _complete(draft: Draft) -> Json:
    given = draft.given["properties"]
    before = draft.before.properties if draft.before is not None else {}
    found = role(given["roleDefinitionId"])
    assert found is not None  # noqa: S101 - it was checked
    above = f"/subscriptions/{draft.target.subscription}"
    principal = given["principalId"].lower()
    known = principals(draft.core).get(principal)
    return {
        "properties": {
            "roleDefinitionId": f"{above}/providers/{_DEFINITION}/{found.id}",
            "principalId": principal,
            "principalType": given.get("principalType") or known or before.get("principalType"),
            "scope": draft.target.scope,
            **{name: given.get(name) for name in _OPTIONAL},
            "createdOn": before.get("createdOn", draft.now),
            "updatedOn": draft.now,
            "createdBy": before.get("createdBy", draft.caller),
            "updatedBy": draft.caller,
        }
    }


def _counting(draft: Draft) -> Json:
    delay = draft.core.faults.role_delay(draft.target.key)
    return {"counts": draft.core.clock.after(delay)}


def _show(_core: Core, kept: Kept) -> Json:
    return dict(kept.body)


ASSIGNMENTS: Final = ResourceType(
    name=ASSIGNMENT,
    versions=_VERSIONS,
    put_again=Manner(201),
    patch=None,
    delete=Manner(200),
    is_located=False,
    is_tagged=False,
    is_extension=True,
    has_state=False,
    passed_over=_SHOWN,
    check=_check,
    complete=_complete,
    secrets=_counting,
    show=_show,
    absent=lambda target: errors.absent("RoleAssignment", target.name),
    listed=_listed_assignments,
    note="counts for the Resource Manager, after a while where that is asked for",
)
DEFINITIONS: Final = ResourceType(
    name=_DEFINITION,
    versions=_VERSIONS,
    patch=None,
    is_located=False,
    is_tagged=False,
    is_extension=True,
    has_state=False,
    absent=lambda target: errors.absent("RoleDefinition", target.name),
    listed=_listed_roles,
    backing=_BuiltIn(),
    note="built-in roles; they are read, and none is made",
)


def register(registry: Registry) -> None:
    """Describe the types of Microsoft.Authorization."""
    registry.add(ASSIGNMENTS, DEFINITIONS)
