"""System topics: what happens at a resource of Azure, for subscriptions to it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.manner import Manner
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.core.writing import merged
from funcyard.emulator.eventgrid import errors, identity, sources
from funcyard.emulator.eventgrid.bodies import without_nulls
from funcyard.emulator.eventgrid.naming import (
    GLOBAL,
    RESULT_PATH,
    SECONDS,
    STATUS_PATH,
    SYSTEM_TOPIC,
    VERSIONS,
)
from funcyard.emulator.eventgrid.topics import ASYNC, DELETED, METRICS

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.target import Target

_FIXED: Final = ("source", "topicType")


def _check(core: Core, target: Target, body: Json) -> None:
    given = without_nulls(body).get("properties", {})
    kept = core.store.find(target.key)
    for name in _FIXED:
        wanted = given.get(name)
        if kept is None and not wanted:
            raise errors.invalid(f"The property '{name}' of a system topic is missing.")
        if kept is not None and wanted and wanted.lower() != kept.properties[name].lower():
            raise errors.invalid(f"The property '{name}' of a system topic cannot be changed.")
    if kept is not None:
        return
    source = sources.of_topic_type(given["topicType"])
    if source is None:
        raise errors.not_served(f"The topic type '{given['topicType']}'")
    if sources.of_resource(given["source"]) is not source:
        raise errors.invalid(
            f"The source '{given['source']}' is not of the topic type '{given['topicType']}'."
        )
    if not sources.is_there(core, given["source"]):
        raise errors.invalid(f"The source '{given['source']}' is not there.")
    for one in core.store.of_type(SYSTEM_TOPIC):
        if one.properties["source"].lower() == given["source"].lower():
            raise errors.invalid(
                "Only one system topic is allowed per source. A system topic already exists for"
                f" the source '{given['source']}': '{one.id}'."
            )


def _complete(draft: Draft) -> Json:
    before = draft.before.body if draft.before is not None else {}
    body = merged(before, without_nulls(draft.given))
    return {**body, "tags": draft.given.get("tags") or {}}


def _manner(draft: Draft, manner: Manner) -> Manner:
    """Return that only what has to do with an identity takes its time."""
    before = draft.before.body.get("identity") if draft.before is not None else None
    return manner if draft.given.get("identity") == before else ASYNC


def _place(_core: Core, kept: Kept) -> str:
    location = str(kept.body["location"])
    return "" if location == GLOBAL else location


def _show(core: Core, kept: Kept) -> Json:
    properties = {**kept.properties, "metricResourceId": str(uuid.uuid5(METRICS, kept.key))}
    told = {"systemData": None, "location": kept.body["location"]}
    who = identity.show(kept, core.issuer.tenant.id)
    return {"properties": properties, **told, **who, "tags": kept.body.get("tags") or None}


SYSTEM_TOPICS: Final = ResourceType(
    name=SYSTEM_TOPIC,
    versions=VERSIONS,
    put_new=Manner(200),
    put_again=Manner(200),
    patch=Manner(200),
    delete=DELETED,
    passed_over=frozenset({"properties.provisioningState", "properties.metricResourceId"}),
    regions=frozenset({GLOBAL}),
    result_path=RESULT_PATH,
    status_path=STATUS_PATH,
    retry_after=SECONDS,
    tells_times=False,
    manner=_manner,
    place=_place,
    check=_check,
    complete=_complete,
    show=_show,
    note="of IoT hubs; those of storage accounts and policies are kept and never tell anything",
)
