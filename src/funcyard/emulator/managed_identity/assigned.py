"""The identities that a resource has: one of its own, and those that people made.

https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.core.errors import refused
from funcyard.emulator.managed_identity.models import IDENTITY

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.errors import ArmError
    from funcyard.emulator.core.records import Json, Kept

_NONE: Final = "None"
_OWN: Final = "SystemAssigned"
_GIVEN: Final = "UserAssigned"
_BOTH: Final = f"{_OWN},{_GIVEN}"
_KINDS: Final = {one.lower(): one for one in (_NONE, _OWN, _GIVEN, _BOTH)}
PASSED_OVER: Final = frozenset({"identity.principalId", "identity.tenantId"})
"""What answers hold of identities and may be sent back."""


def check(core: Core, given: Json | None) -> None:
    """Refuse identities that are none, or not there.

    Raises:
        ArmError: One of these.
    """
    if not given:
        return
    kind = _kind(given)
    named = given.get("userAssignedIdentities") or {}
    if kind is None:
        raise _bad(f"The identity type '{given.get('type')}' is none of {', '.join(_KINDS)}.")
    if (_GIVEN in kind) != bool(named):
        raise _bad(f"The identity type '{kind}' and 'userAssignedIdentities' do not fit.")
    for identifier in named:
        kept = core.store.find(identifier)
        if kept is None or kept.type != IDENTITY:
            raise _bad(f"The identity '{identifier}' was not found.")


def complete(draft: Draft) -> Json | None:
    """Return the identities of a resource as they are kept; its own stays who it is."""
    given = draft.given.get("identity")
    kind = _kind(given) if given else None
    if given is None or kind is None:
        return None
    kept: dict[str, Any] = {"type": kind}
    if _OWN in kind:
        before = (draft.before.body.get("identity") or {}) if draft.before is not None else {}
        kept["principalId"] = before.get("principalId") or str(uuid.uuid4())
    if named := given.get("userAssignedIdentities"):
        kept["userAssignedIdentities"] = {one: {} for one in named}
    return kept


def show(core: Core, kept: Kept, *, is_told: bool = True) -> Json | None:
    """Return what answers tell of a resource's identities.

    Args:
        core: Where the identities are.
        kept: The resource.
        is_told: Whether it is told who they are.
    """
    given = kept.body.get("identity")
    if given is None:
        return None
    shown: Json = {**given, "tenantId": core.issuer.tenant.id}
    if "userAssignedIdentities" in given:
        shown["userAssignedIdentities"] = {
            one: _told(core, one, is_told=is_told) for one in given["userAssignedIdentities"]
        }
    return shown


def _told(core: Core, identifier: str, *, is_told: bool) -> Json:
    kept = core.store.find(identifier) if is_told else None
    told = kept.properties if kept is not None else {}
    return {name: told.get(name) for name in ("clientId", "principalId")}


def _kind(given: Json) -> str | None:
    return _KINDS.get(str(given.get("type") or _NONE).lower().replace(" ", ""))


def _bad(message: str) -> ArmError:
    return refused(400, "InvalidIdentityValues", message, by_gateway=False)
