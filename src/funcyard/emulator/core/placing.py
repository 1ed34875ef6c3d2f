"""Whether a resource may be where an address says: its group, its parent, and nobody else at it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core import errors
from funcyard.emulator.core.records import DELETING
from funcyard.emulator.core.target import group, read

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept
    from funcyard.emulator.core.target import Target
    from funcyard.emulator.core.types import ResourceType

_RESERVED: Final = frozenset("<>%&\\?#/")


def spelled(target: Target, kind: ResourceType) -> Target:
    """Return a target with its type as the provider spells it."""
    return replace(target, type=kind.name)


def check_name(target: Target, kind: ResourceType) -> None:
    """Refuse names that no resource of any provider has; those of groups have rules of their own.

    Raises:
        ArmError: One of them is.
    """
    for name in () if kind.is_group else target.names:
        if name.endswith(".") or not name.isprintable() or _RESERVED & set(name):
            raise errors.bad_name(name)


def check_group(core: Core, target: Target, kind: ResourceType, *, to_write: bool) -> None:
    """Refuse a resource whose group is not there, or is about to be no more.

    Raises:
        ArmError: One of these.
    """
    if kind.is_group or (kind.is_extension and not target.group):
        return
    if not target.group:
        raise errors.unknown_type(target.namespace, target.type.partition("/")[2])
    above = group(target.subscription, target.group)
    if not kind.is_extension and target.scope.lower() != above.key:
        raise errors.unknown_address(target.id)
    found = core.store.find(above.key)
    if found is None:
        raise errors.group_not_found(target.group)
    if to_write and found.state == DELETING:
        raise errors.group_in_deletion(target.group)


async def check_top(core: Core, target: Target) -> None:
    """Refuse to read a part of a resource that is not there.

    Raises:
        ArmError: It is not.
    """
    top = target
    while top.parent is not None:
        top = top.parent
    if top is not target and await core.find(top) is None:
        raise errors.resource_not_found(core.registry.find(top.type).name, top.name, top.group)


async def check_parent(core: Core, target: Target) -> None:
    """Refuse a part of what is not there, and an extension of it.

    Raises:
        ArmError: One of these.
    """
    above = target.parent
    if above is None and target.scope.lower() == f"/subscriptions/{target.subscription}".lower():
        return
    if above is None:
        above, word = read(target.scope)
        if above is None or not above.names or word is not None:
            raise errors.unknown_address(target.id)
    if await core.find(above) is None:
        if above.type.lower() == group(above.subscription, above.name).type.lower():
            raise errors.group_not_found(above.name)
        raise errors.parent_not_found(f"{above.type.partition('/')[2]}/{above.name}")


def check_lasting(core: Core, target: Target) -> None:
    """Refuse to change a part of what is deleted at this moment, and an extension of it.

    Raises:
        ArmError: It is one.
    """
    above = target.parent or read(target.scope)[0]
    while above is not None and above.names:
        kept = core.store.find(above.key)
        if kept is not None and kept.state == DELETING:
            raise errors.busy(kept.type, kept.name)
        above = above.parent or read(above.scope)[0]


def check_free(core: Core, kind: ResourceType, target: Target, kept: Kept | None) -> None:
    """Refuse to change what another change goes on of.

    Raises:
        ArmError: It does.
    """
    if target.key in core.writing or (kept is not None and kept.is_busy):
        if kind.is_group:
            raise errors.group_in_deletion(target.name)
        raise errors.busy(kind.name, target.name)


def check_unchanged(call: Call, kind: ResourceType, kept: Kept | None) -> None:
    """Refuse to change what is not as the sender saw it, where its If-Match says how that was.

    Raises:
        ArmError: It has changed, or is no more.
    """
    seen = call.request.headers.get("if-match", "").strip()
    if kind.etag is None or not seen:
        return
    if kept is None or seen not in {"*", (now := kind.etag(kept)), f'"{now}"'}:
        raise errors.changed(call.named.name)


def absent(kind: ResourceType, target: Target) -> errors.ArmError:
    """Return what is said of a resource that is not there."""
    if kind.absent is not None:
        return kind.absent(target)
    if kind.is_group:
        return errors.group_not_found(target.name)
    return errors.resource_not_found(kind.name, "/".join(target.names), target.group)
