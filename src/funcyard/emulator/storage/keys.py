"""Keys of accounts, and whether a name is free."""

from __future__ import annotations

import base64
import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core import placing
from funcyard.emulator.core.errors import bad_content
from funcyard.emulator.core.records import SUCCEEDED
from funcyard.emulator.http import Answer
from funcyard.emulator.storage import errors
from funcyard.emulator.storage.naming import ACCOUNT, account_named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.types import Action

NAMES: Final = ("key1", "key2")
_KEY_BYTES: Final = 64
_NAME: Final = re.compile(r"[a-z0-9]{3,24}")


def new() -> str:
    """Return a new key."""
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()


def of(kept: Kept) -> tuple[str, ...]:
    """Return the keys of an account, the first first."""
    return tuple(str(kept.secrets[name]) for name in NAMES)


async def _list(_call: Call, kept: Kept) -> Answer:
    if kept.state != SUCCEEDED:
        raise errors.not_provisioned()
    return Answer(200, _shown(kept))


async def _regenerate(call: Call, kept: Kept) -> Answer:
    if kept.state != SUCCEEDED:
        raise errors.not_provisioned()
    wanted = call.body().get("keyName")
    if wanted not in NAMES:
        raise bad_content(f"'{wanted}' is not one of {', '.join(NAMES)}. Path 'keyName'.")
    created = {**kept.properties["keyCreationTime"], wanted: call.core.clock.stamp()}
    changed = replace(
        kept,
        secrets={**kept.secrets, wanted: new()},
        body={**kept.body, "properties": {**kept.properties, "keyCreationTime": created}},
    )
    placing.check_free(call.core, call.type(), call.named, kept)
    with call.core.changing(kept.key):
        await call.core.storage.rekey(kept.name, of(changed), former=of(kept))
        call.core.store.save(changed)
    return Answer(200, _shown(changed))


def _shown(kept: Kept) -> Json:
    created = kept.properties["keyCreationTime"]
    return {
        "keys": [
            {
                "creationTime": created[name],
                "keyName": name,
                "value": kept.secrets[name],
                "permissions": "FULL",
            }
            for name in NAMES
        ]
    }


async def check_name_availability(call: Call) -> Answer:
    """Tell whether an account may be called something.

    Raises:
        ArmError: The request names nothing that could be.
    """
    body = call.body()
    name = body.get("name")
    if not isinstance(name, str) or str(body.get("type")).lower() != ACCOUNT.lower():
        raise bad_content("Expected a name, and the type of storage accounts. Path 'name'.")
    if not _NAME.fullmatch(name):
        reason, message = "AccountNameInvalid", errors.bad_name(name).message
    elif account_named(call.core, name) or call.core.faults.is_taken(ACCOUNT, name):
        reason, message = "AlreadyExists", errors.taken_message(name)
    else:
        return Answer(200, {"nameAvailable": True})
    return Answer(200, {"nameAvailable": False, "reason": reason, "message": message})


ACTIONS: Final[Mapping[str, Action]] = {"listkeys": _list, "regeneratekey": _regenerate}
