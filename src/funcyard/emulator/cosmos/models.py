"""Cosmos DB accounts: what is filled in, what is refused, and their data planes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.core.manner import Manner, Tracking
from funcyard.emulator.core.regions import REGIONS, region
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.core.writing import merged
from funcyard.emulator.cosmos import errors, keys, names, shown
from funcyard.emulator.cosmos.naming import (
    ACCOUNT,
    NAMES,
    SERVERLESS,
    VERSIONS,
    account_named,
    is_serverless,
)
from funcyard.emulator.cosmos.part_types import TYPES
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.registry import Registry
    from funcyard.emulator.core.target import Target

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,42})[a-z0-9]")
_SECONDS: Final = 60
_CAPABILITIES: Final = frozenset({SERVERLESS, "EnableNoSQLVectorSearch"})
_MODES: Final = ("Provisioned", "Serverless")
_KIND: Final = "GlobalDocumentDB"
_NOT_KEPT: Final = ("apiProperties", "createMode")
GOING: Final = ("Enqueued", "Dequeued")
"""What an operation is told to be while it goes on."""


def _check(core: Core, target: Target, body: Json) -> None:
    kept = core.store.find(target.key)
    if kept is None:
        _check_new(core, target)
    if (body.get("kind") or _KIND) != _KIND:
        raise errors.bad(f"Accounts of the kind {body['kind']} are not served here: {_KIND} is.")
    properties = body.get("properties") or {}
    for one in properties.get("capabilities") or ():
        if one.get("name") not in _CAPABILITIES:
            raise errors.bad(f"The capability {one.get('name')} is not supported here.")
    mode = properties.get("capacityMode")
    if mode is not None and mode not in _MODES:
        raise errors.bad(f"The capacity mode {mode!r} is not one of {', '.join(_MODES)}.")
    if properties.get("createMode") not in {None, "Default"}:
        raise errors.bad("Accounts are not restored here.")
    for one in properties.get("locations") or ():
        name = str(one.get("locationName") or "")
        if region(name) not in REGIONS:
            raise errors.bad(f"The location '{name}' is not available for database accounts.")
    order = [one.get("failoverPriority") for one in properties.get("locations") or ()]
    if order and sorted(map(int, order)) != list(range(len(order))):
        raise errors.bad("Failover priorities are 0, 1, … without gaps, each once.")
    _check_fixed(kept, properties)


def _check_new(core: Core, target: Target) -> None:
    if not _NAME.fullmatch(target.name):
        raise errors.bad(
            f"The account name {target.name!r} is invalid: 3 to 44 lower-case letters, digits and"
            " hyphens."
        )
    if account_named(core, target.name) or core.faults.is_taken(ACCOUNT, target.name):
        raise errors.taken(target.name)


def _check_fixed(kept: Kept | None, properties: Json) -> None:
    if kept is None or "capabilities" not in properties:
        return
    wanted = SERVERLESS in {one.get("name") for one in properties["capabilities"] or ()}
    if wanted != is_serverless(kept) and "capacityMode" not in properties:
        raise errors.bad(f"The capability {SERVERLESS} of an account cannot be changed.")


def _complete(draft: Draft) -> Json:
    start: Json = {"kind": _KIND, "properties": shown.defaults(draft.now, draft.target.key)}
    before = start if draft.before is None else draft.before.body
    given = {name: value for name, value in draft.given.items() if value is not None}
    own = {
        name: value
        for name, value in (given.get("properties") or {}).items()
        if value is not None and name not in _NOT_KEPT and name not in shown.TOLD
    }
    body = merged(before, {**given, "properties": own})
    body["tags"] = draft.given.get("tags") or {}
    body["properties"].setdefault(
        "locations", [{"locationName": body["location"], "failoverPriority": 0}]
    )
    return body


def _new_keys(_draft: Draft) -> Json:
    return {name: keys.new() for name in keys.NAMES}


async def _serve(core: Core, kept: Kept) -> None:
    try:
        await core.cosmos.ensure(core, kept)
    except FuncyardError as fault:
        raise ArmError(409, "ServiceUnavailable", fault.message) from fault


async def _serve_again(core: Core, kept: Kept) -> None:
    await core.cosmos.ensure(core, kept)


async def _take_down(core: Core, kept: Kept) -> None:
    await core.cosmos.remove(core, kept.name)


_WRITTEN: Final = Manner(200, Tracking.BOTH, _SECONDS)
_IN_REGION: Final = "/subscriptions/SUBSCRIPTION/providers/Microsoft.DocumentDB/locations/LOCATION"

ACCOUNTS: Final = ResourceType(
    name=ACCOUNT,
    versions=VERSIONS,
    put_new=_WRITTEN,
    put_again=_WRITTEN,
    patch=_WRITTEN,
    delete=Manner(202, Tracking.BOTH, _SECONDS, says_status=True),
    passed_over=frozenset(
        (
            *(f"properties.{name}" for name in (*shown.TOLD, "capacityMode", "apiProperties")),
            *("properties.defaultIdentity", "properties.enableFullFidelityChangeFeed"),
            *(
                f"properties.locations[{number}].{name}"
                for number in range(10)
                for name in ("id", "documentEndpoint", "provisioningState")
            ),
        )
    ),
    going=GOING,
    tells_only_status=True,
    result_path="TARGET/operationResults/ID",
    gone_path=f"{_IN_REGION}/operationResults/ID",
    status_path=f"{_IN_REGION}/operationsStatus/ID",
    retry_after=15,
    check=_check,
    complete=_complete,
    secrets=_new_keys,
    show=shown.account,
    changed=_serve,
    deleted=_take_down,
    started=_serve_again,
    actions=keys.ACTIONS,
    note="for NoSQL: a data plane of its own over HTTPS, which its keys open",
)


def register(registry: Registry) -> None:
    """Describe the types of Microsoft.DocumentDB."""
    registry.add(ACCOUNTS, *TYPES)
    registry.add_head(NAMES, names.check)
