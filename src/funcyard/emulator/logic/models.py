"""Workflows, as the Resource Manager knows them; written by Microsoft's documentation.

https://learn.microsoft.com/rest/api/logic/workflows
"""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.core.errors import bad_content, refused
from funcyard.emulator.core.manner import Manner
from funcyard.emulator.core.types import ResourceType
from funcyard.emulator.http import Answer
from funcyard.emulator.logic import callback, serving
from funcyard.emulator.logic.children import ACTIONS, RUNS, TRIGGERS
from funcyard.emulator.logic.definition import definition_of
from funcyard.emulator.logic.naming import DISABLED, ENABLED, VERSIONS, WORKFLOW, base_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.registry import Registry
    from funcyard.emulator.core.target import Target

_NAME: Final = re.compile(r"[A-Za-z0-9_.()-]{1,80}")
_TAKEN: Final = ("definition", "parameters", "state")
_ANSWERED: Final = (
    "accessEndpoint",
    "changedTime",
    "createdTime",
    "endpointsConfiguration",
    "provisioningState",
    "version",
)
_MEMBERS: Final = ("etag", "id", "location", "name", "properties", "systemData", "tags", "type")


def _check(core: Core, target: Target, body: Json) -> None:
    _check_members(body, _MEMBERS, "")
    properties = body.get("properties")
    kept = core.store.find(target.key)
    if properties is None and kept is not None:
        return
    if not isinstance(properties, dict):
        raise bad_content("Expected an object. Path 'properties'.")
    _check_members(properties, (*_TAKEN, *_ANSWERED), "properties.")
    if properties.get("state", ENABLED) not in {ENABLED, DISABLED}:
        raise bad_content(f"'{properties['state']}' is no state. Path 'properties.state'.")
    if kept is None and not _NAME.fullmatch(target.name):
        raise refused(
            400,
            "InvalidResourceName",
            f"The name '{target.name}' is invalid: 1 to 80 letters, digits and '-_.()'.",
            by_gateway=False,
        )
    before = kept.properties if kept is not None else {}
    definition: Any = properties.get("definition") or before.get("definition")
    given: Any = properties.get("parameters") or before.get("parameters") or {}
    for name, value in (("definition", definition), ("parameters", given)):
        if not isinstance(value, dict):
            raise bad_content(f"Expected an object. Path 'properties.{name}'.")
    definition_of(definition, given)


def _check_members(given: Json, known: Sequence[str], where: str) -> None:
    for name in given:
        if name not in known:
            raise bad_content(f"Could not find member '{name}'. Path '{where}{name}'.")


def _complete(draft: Draft) -> Json:
    before = draft.before.properties if draft.before is not None else {}
    given = draft.given.get("properties") or {}
    taken = {name: given[name] for name in _TAKEN if given.get(name) is not None}
    return {
        "location": draft.given["location"],
        "tags": draft.given.get("tags") or {},
        "properties": {
            "state": before.get("state", ENABLED),
            "parameters": {},
            **taken,
            "createdTime": before.get("createdTime", draft.now),
            "changedTime": draft.now,
            "version": uuid.uuid4().hex[:20],
        },
    }


def _secrets(_draft: Draft) -> Json:
    return {name: callback.new_key() for name in callback.KEYS}


def _show(core: Core, kept: Kept) -> Json:
    properties = {**kept.properties, "accessEndpoint": base_of(core, kept)}
    return {**kept.body, "properties": properties}


async def _list_callback(call: Call, kept: Kept) -> Answer:
    given = call.body() if call.request.body else {}
    expires, name = given.get("notAfter"), given.get("keyType") or callback.KEYS[0]
    if expires is not None and not callback.is_moment(expires):
        raise bad_content("Expected a time with its zone. Path 'notAfter'.")
    if name not in callback.KEYS:
        raise bad_content(f"'{name}' is no key. Path 'keyType'.")
    properties = kept.properties
    definition = definition_of(properties["definition"], properties.get("parameters") or {})
    base = base_of(call.core, kept)
    told = callback.callback(
        base, definition.trigger, definition.method, kept.secrets[name], expires
    )
    return Answer(200, told)


async def _regenerate(call: Call, kept: Kept) -> Answer:
    name = call.body().get("keyType") or callback.KEYS[0]
    if name not in callback.KEYS:
        raise bad_content(f"'{name}' is no key. Path 'keyType'.")
    call.core.store.save(replace(kept, secrets={**kept.secrets, name: callback.new_key()}))
    return Answer(200)


async def _enable(call: Call, kept: Kept) -> Answer:
    return _set(call, kept, ENABLED)


async def _disable(call: Call, kept: Kept) -> Answer:
    return _set(call, kept, DISABLED)


def _set(call: Call, kept: Kept, state: str) -> Answer:
    properties = {**kept.properties, "state": state, "changedTime": call.core.clock.stamp()}
    call.core.store.save(replace(kept, body={**kept.body, "properties": properties}))
    return Answer(200)


WORKFLOWS: Final = ResourceType(
    name=WORKFLOW,
    versions=VERSIONS,
    put_new=Manner(201),
    put_again=Manner(200),
    patch=Manner(200),
    delete=Manner(200, has_body=False),
    has_schema=False,
    check=_check,
    complete=_complete,
    secrets=_secrets,
    show=_show,
    changed=serving.serve,
    deleted=serving.take_down,
    started=serving.serve,
    actions={
        "listcallbackurl": _list_callback,
        "regenerateaccesskey": _regenerate,
        "enable": _enable,
        "disable": _disable,
    },
    note="of a Request trigger and actions Http and Response; runs when its callback is called",
)


def register(registry: Registry) -> None:
    """Describe the types of Microsoft.Logic."""
    triggers = replace(TRIGGERS, actions={"listcallbackurl": _list_callback})
    registry.add(WORKFLOWS, triggers, RUNS, ACTIONS)
