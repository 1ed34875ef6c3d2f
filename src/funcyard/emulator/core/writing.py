"""PUT and PATCH: a body is judged, completed by its type, and becomes what is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from funcyard.emulator.core import errors, placing, tagging
from funcyard.emulator.core.backing import Deferred
from funcyard.emulator.core.draft import Draft
from funcyard.emulator.core.manner import Manner, Tracking
from funcyard.emulator.core.records import SUCCEEDED, Kept
from funcyard.emulator.core.regions import REGIONS, region
from funcyard.emulator.core.schemas import schema_of
from funcyard.emulator.http import Answer, quoted

if TYPE_CHECKING:
    from funcyard.emulator.core.backing import Backing
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.core.target import Target
    from funcyard.emulator.core.types import ResourceType

_ANSWERED = ("id", "name", "type", "etag", "systemData")


async def put(call: Call) -> Answer:
    """Make what a call names, or replace it.

    Raises:
        ArmError: It may not be.
    """
    kind = call.type()
    core, target = call.core, placing.spelled(call.named, kind)
    placing.check_name(target, kind)
    await _check_place(core, target, kind)
    if kind.backing is not None:
        # The SDKs send nothing where there is nothing to say of a part.
        body = call.body() if call.request.body else {}
        if isinstance(kind.backing, Deferred):
            check_body(core, kind, target, body)
            headers = core.operations.begin_deferred(call, kind, kind.put_new, "put", body)
            return Answer(kind.put_new.status, core.operations.accepted(kind), headers)
        return await _put_backed(call, kind, kind.backing, body)
    body = _spelled(kind, call.body())
    before = core.store.find(target.key)
    placing.check_unchanged(call, kind, before)
    placing.check_free(core, kind, target, before)
    check_body(core, kind, target, body)
    body = _located(kind, target, body, before)
    manner = kind.put_new if before is None else kind.put_again
    return await _carry_out(call, kind, target, body, before, manner)


async def patch(call: Call) -> Answer:
    """Change what a call names.

    Raises:
        ArmError: It is not there, or may not be changed so.
    """
    kind = call.type()
    if kind.patch is None:
        raise errors.not_allowed("PATCH")
    core, target = call.core, placing.spelled(call.named, kind)
    await _check_place(core, target, kind)
    body = _spelled(kind, call.body())
    if kind.backing is not None and not isinstance(kind.backing, Deferred):
        if await kind.backing.get(core, target) is None:
            raise placing.absent(kind, target)
        return await _put_backed(call, kind, kind.backing, body)
    before = core.store.find(target.key)
    if before is None:
        raise placing.absent(kind, target)
    placing.check_unchanged(call, kind, before)
    placing.check_free(core, kind, target, before)
    if kind.patched is not None:
        body = kind.patched(body)
    check_body(core, kind, target, body, is_patch=True)
    body = _located(kind, target, merged(before.body, _own(body)), before)
    return await _carry_out(call, kind, target, body, before, kind.patch)


def check_body(
    core: Core, kind: ResourceType, target: Target, body: Json, *, is_patch: bool = False
) -> None:
    """Refuse a body that is none of a type's.

    Raises:
        ArmError: Says why.
    """
    if kind.has_schema:
        schema_of(kind.name).check(body, passed_over=kind.passed_over, is_patch=is_patch)
    if kind.check is not None:
        kind.check(core, target, body)
    if kind.is_tagged:
        tagging.check_tags(body.get("tags") or {})


def merged(before: Json, given: Json) -> Json:
    """Return a body changed by a patch: tags are replaced whole, other objects member by member."""
    result: dict[str, Any] = dict(before)
    for name, value in given.items():
        old = result.get(name)
        if name != "tags" and isinstance(old, dict) and isinstance(value, dict):
            result[name] = merged(old, value)
        else:
            result[name] = value
    return result


async def _check_place(core: Core, target: Target, kind: ResourceType) -> None:
    if not target.subscription:
        raise errors.unknown_type(target.namespace, kind.name.partition("/")[2])
    if target.namespace in (core.store.setting(f"unregistered {target.subscription}") or ()):
        raise errors.not_registered(target.namespace)
    placing.check_group(core, target, kind, to_write=True)
    await placing.check_parent(core, target)
    placing.check_lasting(core, target)


def _spelled(kind: ResourceType, body: Json) -> Json:
    return kind.spelled(body) if kind.spelled is not None else body


def _own(body: Json) -> Json:
    return {name: value for name, value in body.items() if name not in _ANSWERED}


def _located(kind: ResourceType, target: Target, body: Json, before: Kept | None) -> Json:
    """Return a body with its location as Azure names it."""
    if not kind.is_located:
        return body
    given = body.get("location") or (before.body["location"] if before is not None else None)
    if not given:
        raise errors.refused(
            400, "LocationRequired", "The location property is required for this definition."
        )
    if not isinstance(given, str):
        raise errors.bad_content("Expected a string. Path 'location'.")
    wanted = region(given)
    what = "resource group" if kind.is_group else "resource type"
    code = "ResourceGroup" if kind.is_group else "ResourceType"
    if wanted not in REGIONS and wanted not in kind.regions:
        raise errors.refused(
            400,
            f"LocationNotAvailableFor{code}",
            f"The provided location '{given}' is not available for {what} '{target.name}'. List of"
            f" available regions is '{','.join(REGIONS)}'.",
        )
    if before is not None and before.body["location"] != wanted:
        raise _moved(kind, target, before.body["location"], wanted)
    return {**body, "location": wanted}


def _moved(kind: ResourceType, target: Target, there: str, wanted: str) -> errors.ArmError:
    if kind.is_group:
        return errors.refused(
            409,
            "InvalidResourceGroupLocation",
            f"Invalid resource group location '{wanted}'. The Resource group already exists in"
            f" location '{there}'.",
        )
    return errors.refused(
        409,
        "InvalidResourceLocation",
        f"The resource '{target.name}' already exists in location '{there}' in resource group"
        f" '{target.group}'. A resource with the same name cannot be created in location"
        f" '{wanted}'. Please select a new resource name.",
    )


async def _carry_out(
    call: Call,
    kind: ResourceType,
    target: Target,
    body: Json,
    before: Kept | None,
    manner: Manner,
) -> Answer:
    core, now = call.core, call.core.clock.stamp()
    draft = Draft(core, target, _own(body), before, now, call.caller.id)
    manner = kind.manner(draft, manner) if kind.manner else manner
    kept = Kept(
        id=target.id if before is None else before.id,
        type=kind.name,
        body=kind.complete(draft) if kind.complete else draft.given,
        state=SUCCEEDED,
        created=now if before is None else before.created,
        changed=now,
        secrets=_secrets(kind, draft),
    )
    if manner.tracking is not Tracking.NONE:
        kept = replace(kept, state="Creating" if before is None else "Updating")
        headers = core.operations.begin(call, kept, manner, "put", is_new=before is None)
        if manner.has_body:
            shown = core.show(kept)
            return Answer(manner.status, kind.begun(shown) if kind.begun else shown, headers)
        return Answer(
            manner.status, headers={**headers, "content-type": "text/plain; charset=utf-8"}
        )
    with core.changing(kept.key):
        if kind.changed is not None:
            await kind.changed(core, kept)
        core.store.save(kept)
    shown = core.show(kept)
    headers = {"location": quoted(shown["id"])} if kind.tells_location and before is None else {}
    return Answer(manner.status, shown, headers)


def _secrets(kind: ResourceType, draft: Draft) -> Json:
    if draft.before is not None:
        return draft.before.secrets
    return kind.secrets(draft) if kind.secrets else {}


async def _put_backed(call: Call, kind: ResourceType, backing: Backing, body: Json) -> Answer:
    core, target = call.core, placing.spelled(call.named, kind)
    check_body(core, kind, target, body, is_patch=call.request.method == "PATCH")
    is_new = await backing.get(core, target) is None
    await backing.put(call, target, body, is_new=is_new)
    shown = await backing.get(core, target)
    if shown is None:  # somebody deleted it meanwhile
        raise placing.absent(kind, target)
    manner = kind.put_new if is_new else kind.put_again
    return Answer(manner.status, shown)
