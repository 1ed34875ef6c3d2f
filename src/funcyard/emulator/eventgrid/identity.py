"""Who a topic is: none, or an identity of its own that nothing here asks for tokens.

Delivery by identities is refused, so what is told of one is a name that Azure would give it.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json, Kept

_NAMES: Final = uuid.UUID("5d7b1c9a-0c63-5f55-8d0e-f1a7a2f3a4b6")


def show(kept: Kept, tenant: str) -> Json:
    """Return what answers show of a topic's identity; nothing where none was ever asked for."""
    given = kept.body.get("identity")
    if not given:
        return {}
    kind = str(given.get("type") or "None")
    own = "SystemAssigned" in kind
    principal = str(uuid.uuid5(_NAMES, f"{kept.key} {kept.created}"))
    shown = {
        "type": kind,
        "principalId": principal if own else None,
        "tenantId": tenant if own else None,
        "userAssignedIdentities": given.get("userAssignedIdentities"),
    }
    return {"identity": shown}
