"""The admin user of a registry: its passwords, told and made anew; and whether a name is free.

https://learn.microsoft.com/rest/api/containerregistry/registries/list-credentials
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core import placing
from funcyard.emulator.http import Answer
from funcyard.emulator.registries import refusals
from funcyard.emulator.registries.access import PASSWORDS
from funcyard.emulator.registries.naming import REGISTRY, is_registry_name, registry_named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.types import Action

_BYTES: Final = 39


def new_password() -> str:
    """Return a new password."""
    return secrets.token_urlsafe(_BYTES)


async def _list(_call: Call, kept: Kept) -> Answer:
    _check_admin(kept)
    return Answer(200, _shown(kept))


async def _regenerate(call: Call, kept: Kept) -> Answer:
    _check_admin(kept)
    wanted = call.body().get("name")
    if wanted not in PASSWORDS:
        raise refusals.bad(f"The password name '{wanted}' is none of {', '.join(PASSWORDS)}.")
    placing.check_free(call.core, call.type(), call.named, kept)
    changed = replace(kept, secrets={**kept.secrets, wanted: new_password()})
    call.core.store.save(changed)
    return Answer(200, _shown(changed))


def _check_admin(kept: Kept) -> None:
    if not kept.properties["adminUserEnabled"]:
        raise refusals.no_admin(kept.id)


def _shown(kept: Kept) -> Json:
    told = [{"name": name, "value": kept.secrets[name]} for name in PASSWORDS]
    return {"username": kept.name, "passwords": told}


async def check_name_availability(call: Call) -> Answer:
    """Tell whether a registry may be called something.

    Raises:
        ArmError: The request names nothing that could be.
    """
    body = call.body()
    name = body.get("name")
    if not isinstance(name, str) or str(body.get("type")).lower() != REGISTRY.lower():
        raise refusals.bad(f"A name, and the type '{REGISTRY}', are expected.")
    if not is_registry_name(name):
        reason, message = "Invalid", refusals.bad_name_message(name)
    elif registry_named(call.core, name) or call.core.faults.is_taken(REGISTRY, name):
        reason, message = "AlreadyExists", f"The registry {name} is already in use."
    else:
        return Answer(200, {"nameAvailable": True})
    return Answer(200, {"nameAvailable": False, "reason": reason, "message": message})


ACTIONS: Final[Mapping[str, Action]] = {
    "listcredentials": _list,
    "regeneratecredential": _regenerate,
}
