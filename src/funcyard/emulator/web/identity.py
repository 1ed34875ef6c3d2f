"""The identities that a site has: user-assigned ones, which the tenant knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.managed_identity.models import IDENTITY
from funcyard.emulator.web import errors

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json, Kept

_USER: Final = "userassigned"


def check(core: Core, given: Any) -> None:  # noqa: ANN401 - JSON
    """Refuse identities that are not there, and a kind of them that is not served.

    Raises:
        ArmError: One of these.
    """
    if not given:
        return
    kind = str(given.get("type") or "None").lower()
    if kind not in {"none", _USER}:
        raise errors.bad(f"Identities of type '{given['type']}' are not served here: UserAssigned.")
    named = given.get("userAssignedIdentities") or {}
    left = [one for one, value in named.items() if value is not None]
    if kind == _USER and not named:
        raise errors.bad("The identity type 'UserAssigned' needs 'userAssignedIdentities'.")
    for identifier in left:
        kept = core.store.find(identifier)
        if kept is None or kept.type != IDENTITY:
            raise errors.bad(f"The identity '{identifier}' was not found.")


def without_removed(given: Json | None) -> Json | None:
    """Return identities without those that a null takes away."""
    if given is None:
        return None
    named = given.get("userAssignedIdentities") or {}
    left: Json = {identifier: {} for identifier, value in named.items() if value is not None}
    return {"type": given.get("type"), "userAssignedIdentities": left}


def assigned(core: Core, site: Kept) -> list[Kept]:
    """Return the identities that a site has, the first first."""
    given = site.body.get("identity") or {}
    if str(given.get("type")).lower() != _USER:
        return []
    found = (core.store.find(one) for one in given.get("userAssignedIdentities") or {})
    return [one for one in found if one is not None]


def show(core: Core, given: Json) -> Json:
    """Return what answers tell of a site's identities."""
    if str(given.get("type")).lower() != _USER:
        return {"type": "None"}
    shown = {}
    for identifier in given.get("userAssignedIdentities") or {}:
        kept = core.store.find(identifier)
        told = kept.properties if kept is not None else {}
        shown[identifier] = {name: told.get(name) for name in ("principalId", "clientId")}
    return {"type": "UserAssigned", "userAssignedIdentities": shown}
