"""Topics that people publish to: what is filled in, what they show, and their address."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.core.manner import Manner, Tracking
from funcyard.emulator.core.records import SUCCEEDED
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.core.writing import merged
from funcyard.emulator.eventgrid import errors, identity, keys
from funcyard.emulator.eventgrid.bodies import without_nulls
from funcyard.emulator.eventgrid.naming import (
    CUSTOM,
    EVENT_GRID,
    RESULT_PATH,
    SECONDS,
    STATUS_PATH,
    TOPIC,
    VERSIONS,
)
from funcyard.emulator.eventgrid.publishing import TopicApp, plane_of
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.target import Target

NAME: Final = re.compile(r"[A-Za-z0-9-]{3,50}")
ASYNC: Final = Manner(201, Tracking.STATUS, SECONDS)
DELETED: Final = Manner(202, Tracking.BOTH, SECONDS, has_body=False, ended=204)
METRICS: Final = uuid.UUID("8c1a5b1e-7d0a-5f7e-9a45-4dbb4d1f0b27")
_CREATING: Final = "Creating"
_SPELLED: Final = {"publicNetworkAccess": ("Enabled", "Disabled", "SecuredByPerimeter")}


def _check(core: Core, target: Target, body: Json) -> None:
    if not NAME.fullmatch(target.name):
        raise errors.invalid(
            f"The topic name '{target.name}' is invalid: 3 to 50 letters, digits and hyphens."
        )
    given = without_nulls(body).get("properties", {})
    schema = given.get("inputSchema")
    if schema == CUSTOM or given.get("inputSchemaMapping"):
        raise errors.not_served("The input schema 'CustomEventSchema'")
    kept = core.store.find(target.key)
    if kept is not None and schema not in (None, kept.properties["inputSchema"]):
        raise errors.invalid("The inputSchema of a topic cannot be changed.")


def _complete(draft: Draft) -> Json:
    defaults: Json = {
        "sku": {"name": "Basic"},
        "kind": "Azure",
        "properties": {
            "inputSchema": EVENT_GRID,
            "publicNetworkAccess": "Enabled",
            "disableLocalAuth": False,
            "dataResidencyBoundary": "WithinGeopair",
        },
    }
    body = merged(defaults, without_nulls(draft.given))
    properties = body["properties"]
    if draft.before is not None:
        properties["inputSchema"] = draft.before.properties["inputSchema"]
    for name, spellings in _SPELLED.items():
        properties[name] = next(
            one for one in spellings if one.lower() == str(properties[name]).lower()
        )
    for rule in properties.get("inboundIpRules") or ():
        rule["action"] = "Allow"
    body["tags"] = draft.given.get("tags") or {}
    return body


def _show(core: Core, kept: Kept) -> Json:
    host = core.planes.host(plane_of(kept))
    properties = dict(kept.properties)
    properties["endpoint"] = None if host is None else f"https://{host}/api/events"
    if kept.state != _CREATING:
        properties["metricResourceId"] = str(uuid.uuid5(METRICS, kept.key))
    told = {name: kept.body[name] for name in ("sku", "kind", "location")}
    who = identity.show(kept, core.issuer.tenant.id)
    tags = kept.body.get("tags") or None
    return {"properties": properties, **told, **who, "systemData": None, "tags": tags}


async def _serve(core: Core, kept: Kept) -> None:
    name = plane_of(kept)
    if core.planes.is_served(name):
        return
    try:
        await core.planes.serve(name, TopicApp(core, kept.key))
    except FuncyardError as fault:
        raise ArmError(500, "InternalServerError", fault.message) from fault


async def _serve_again(core: Core, kept: Kept) -> None:
    if kept.state == SUCCEEDED or core.planes.host(plane_of(kept)) is not None:
        await _serve(core, kept)


async def _take_down(core: Core, kept: Kept) -> None:
    await core.planes.remove(plane_of(kept))


_ANSWERED: Final = ("provisioningState", "endpoint", "metricResourceId")
TOPICS: Final = ResourceType(
    name=TOPIC,
    versions=VERSIONS,
    put_new=ASYNC,
    put_again=ASYNC,
    patch=ASYNC,
    delete=DELETED,
    passed_over=frozenset({"sku", "kind", *(f"properties.{name}" for name in _ANSWERED)}),
    result_path=RESULT_PATH,
    status_path=STATUS_PATH,
    retry_after=SECONDS,
    tells_times=False,
    check=_check,
    complete=_complete,
    secrets=keys.new,
    show=_show,
    changed=_serve,
    deleted=_take_down,
    started=_serve_again,
    actions=keys.ACTIONS,
    note="takes events over HTTPS, in Event Grid's schema or CloudEvents 1.0",
)
