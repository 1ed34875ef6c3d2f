"""Deleting a resource with everything that is part of it or hangs on it, the innermost first.

That it is deleted is kept before anything of it goes, so that the next start ends what a kill cut
short.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core import placing
from funcyard.emulator.core.backing import Deferred
from funcyard.emulator.core.manner import Tracking
from funcyard.emulator.core.records import DELETING, SUCCEEDED
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.backing import Backing
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept
    from funcyard.emulator.core.types import ResourceType

_NOT_FOUND = 404
_JSON = "application/json; charset=utf-8"
_STEP_SECONDS: Final = 0.01
_LOGGER = logging.getLogger(__name__)


async def delete(call: Call) -> Answer:
    """Delete what a call names.

    Raises:
        ArmError: It may not be.
    """
    kind = call.type()
    core, target = call.core, placing.spelled(call.named, kind)
    placing.check_group(core, target, kind, to_write=True)
    if kind.backing is not None:
        return await _delete_backed(call, kind, kind.backing)
    kept = core.store.find(target.key)
    if kept is None:
        if kind.delete_absent == _NOT_FOUND:
            raise placing.absent(kind, target)
        return Answer(kind.delete_absent)
    placing.check_unchanged(call, kind, kept)
    placing.check_free(core, kind, target, kept)
    if kind.check_deletion is not None:
        kind.check_deletion(core, kept)
    manner = kind.delete
    if manner.tracking is not Tracking.NONE:
        return _begun(call, kind, kept)
    with core.changing(kept.key):
        await _remove(core, kept)
    if manner.has_body:
        return Answer(manner.status, core.show(kept))
    return Answer(manner.status, headers={"content-type": "text/plain; charset=utf-8"})


def _begun(call: Call, kind: ResourceType, kept: Kept) -> Answer:
    """Begin a deletion that takes its time."""
    core, manner = call.core, kind.delete
    going = replace(kept, state=DELETING)
    headers = core.operations.begin(call, going, manner, "delete")
    if manner.says_status:
        return Answer(manner.status, core.operations.accepted(kind), headers)
    if manner.says_null:
        return Answer(manner.status, b"null", {**headers, "content-type": _JSON})
    return Answer(manner.status, core.show(going) if manner.has_body else None, headers)


async def carry_on(core: Core) -> None:
    """End the deletions that a kill cut short, but those that an operation goes on with."""
    going = {one.target.lower() for one in core.store.running()}
    for kind in core.registry:
        for kept in core.store.of_type(kind.name):
            if kept.state != DELETING or kept.key in going:
                continue
            try:
                await _remove(core, replace(kept, state=SUCCEEDED))
            except Exception:
                _LOGGER.exception("%s cannot be deleted", kept.id)


async def remove_below(core: Core, kept: Kept) -> None:
    """Take a resource out of service, and forget what is part of it or hangs on it.

    It itself stays kept, so that this can be done again where it was cut short.
    """
    while found := await _settled_below(core, kept):
        for one in sorted(found, key=lambda one: len(one.id), reverse=True):
            await core.operations.abandon(one.key)
            await _take_down(core, one)
            core.store.drop(one.key)
    await _take_down(core, kept)


async def _settled_below(core: Core, kept: Kept) -> list[Kept]:
    """Return what is below a resource, once nothing there is in the making at this moment."""
    below = f"{kept.key}/"
    while any(key.startswith(below) for key in core.writing):  # noqa: ASYNC110 - nothing tells it
        await asyncio.sleep(_STEP_SECONDS)
    return core.store.below(kept.key)


async def _remove(core: Core, kept: Kept) -> None:
    """Delete a resource; what cannot be deleted is what it was."""
    core.store.save(replace(kept, state=DELETING))
    try:
        await remove_below(core, kept)
    except Exception:
        core.store.save(kept)
        raise
    core.store.drop(kept.key)


async def _take_down(core: Core, kept: Kept) -> None:
    hook = core.type_of(kept).deleted
    if hook is not None:
        await hook(core, kept)


async def _delete_backed(call: Call, kind: ResourceType, backing: Backing | Deferred) -> Answer:
    target = placing.spelled(call.named, kind)
    await placing.check_parent(call.core, target)
    if await backing.get(call.core, target) is None:
        if kind.delete_absent == _NOT_FOUND:
            raise placing.absent(kind, target)
        return Answer(kind.delete_absent)
    if isinstance(backing, Deferred):
        backing.check_deletion(call.core, target)
        headers = call.core.operations.begin_deferred(call, kind, kind.delete, "delete", {})
        return Answer(kind.delete.status, call.core.operations.accepted(kind), headers)
    await backing.delete(call, target)
    return Answer(kind.delete.status)
