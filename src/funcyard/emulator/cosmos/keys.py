"""Keys of accounts, and connection strings with them."""

from __future__ import annotations

import base64
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core import placing
from funcyard.emulator.core.manner import Manner, Tracking
from funcyard.emulator.core.records import SUCCEEDED
from funcyard.emulator.cosmos import errors
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.types import Action

_KINDS: Final = {
    "primary": "primaryMasterKey",
    "secondary": "secondaryMasterKey",
    "primaryReadonly": "primaryReadonlyMasterKey",
    "secondaryReadonly": "secondaryReadonlyMasterKey",
}
NAMES: Final = tuple(_KINDS.values())
_KEY_BYTES: Final = 64
_SECONDS: Final = 30
_CHANGED: Final = Manner(202, Tracking.BOTH, _SECONDS, says_status=True)
_RESULT: Final = "TARGET/regenerateKey/operationResults/ID"


def new() -> str:
    """Return a new key."""
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()


def of(kept: Kept) -> tuple[str, ...]:
    """Return the keys of an account that open all of it."""
    return tuple(str(kept.secrets[name]) for name in NAMES[:2])


def reading_of(kept: Kept) -> tuple[str, ...]:
    """Return the keys of an account that open it to readers."""
    return tuple(str(kept.secrets[name]) for name in NAMES[2:])


async def _list(_call: Call, kept: Kept) -> Answer:
    _check_online(kept)
    return Answer(200, {name: kept.secrets[name] for name in NAMES})


async def _list_reading(_call: Call, kept: Kept) -> Answer:
    _check_online(kept)
    return Answer(200, {name: kept.secrets[name] for name in NAMES[2:]})


async def _list_connections(call: Call, kept: Kept) -> Answer:
    _check_online(kept)
    url = call.core.cosmos.url(call.core, kept.name)
    listed = [
        {
            "connectionString": f"AccountEndpoint={url};AccountKey={kept.secrets[name]};",
            "description": _described(kind),
            "keyKind": kind[0].upper() + kind[1:],
            "type": "Sql",
        }
        for kind, name in _KINDS.items()
    ]
    return Answer(200, {"connectionStrings": listed})


def _described(kind: str) -> str:
    which = "Primary" if kind.startswith("primary") else "Secondary"
    return f"{which}{' Read-Only' if kind.endswith('Readonly') else ''} SQL Connection String"


async def _regenerate(call: Call, kept: Kept) -> Answer:
    _check_online(kept)
    placing.check_free(call.core, call.type(), call.named, kept)
    wanted = call.body().get("keyKind")
    name = _KINDS.get(wanted) if isinstance(wanted, str) else None
    if name is None:
        raise errors.bad(f"The key kind {wanted!r} is not one of {', '.join(_KINDS)}.")
    made: Json = {**kept.properties["keysMetadata"]}
    made[name] = {"generationTime": call.core.clock.stamp()}
    changed = replace(
        kept,
        state="Updating",
        secrets={**kept.secrets, name: new()},
        body={**kept.body, "properties": {**kept.properties, "keysMetadata": made}},
    )
    headers = call.core.operations.begin(call, changed, _CHANGED, "put", result_path=_RESULT)
    return Answer(_CHANGED.status, call.core.operations.accepted(call.type()), headers)


def _check_online(kept: Kept) -> None:
    if kept.state != SUCCEEDED:
        raise errors.not_online(kept.name)


ACTIONS: Final[Mapping[str, Action]] = {
    "listkeys": _list,
    "readonlykeys": _list_reading,
    "listconnectionstrings": _list_connections,
    "regeneratekey": _regenerate,
}
