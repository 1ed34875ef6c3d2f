"""The identities that a resource acts as: one of its own, and those that people assigned to it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.emulator.managed_identity.models import IDENTITY

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who gets tokens.

    Attributes:
        key: Of the identity's resource; of its holder, where it is that one's own.
        client: Its application id.
        principal: Its object id, to which roles are assigned.
    """

    key: str
    client: str
    principal: str


def own(kept: Kept) -> Identity | None:
    """Return a resource's own identity (``SystemAssigned``); None where it has none."""
    principal = (kept.body.get("identity") or {}).get("principalId")
    if not principal:
        return None
    client = str(uuid.uuid5(uuid.UUID(principal), "client"))
    return Identity(kept.key, client, principal)


def assigned(kept: Kept) -> Identity:
    """Return what an identity's resource stands for."""
    return Identity(kept.key, kept.properties["clientId"], kept.properties["principalId"])


def held(core: Core, kept: Kept) -> list[Identity]:
    """Return all identities of a resource, its own first."""
    system = own(kept)
    named = (kept.body.get("identity") or {}).get("userAssignedIdentities") or {}
    found = (core.store.find(one) for one in named)
    given = [assigned(one) for one in found if one is not None and one.type == IDENTITY]
    return given if system is None else [system, *given]


def by_key(core: Core, key: str) -> Identity | None:
    """Return the identity that a key names, of an identity's resource or of a holder."""
    kept = core.store.find(key)
    if kept is None:
        return None
    return assigned(kept) if kept.type == IDENTITY else own(kept)
