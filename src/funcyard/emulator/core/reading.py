"""GET and HEAD of one resource, and lists of those of a type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.core import errors, listing, placing
from funcyard.emulator.core.target import Target
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.records import Json


async def get(call: Call) -> Answer:
    """Return what a call names.

    Raises:
        ArmError: It is not there.
    """
    kind = call.type()
    target = placing.spelled(call.named, kind)
    placing.check_group(call.core, target, kind, to_write=False)
    if kind.backing is not None:
        await placing.check_top(call.core, target)
    found = await call.core.find(target)
    if found is None:
        raise placing.absent(kind, target)
    return Answer(200, found, {"etag": found["etag"]} if "etag" in found else {})


async def head(call: Call) -> Answer:
    """Tell whether what a call names is there."""
    kind = call.type()
    found = await call.core.find(placing.spelled(call.named, kind))
    return Answer(404, headers={"x-ms-failure-cause": "gateway"}) if found is None else Answer(204)


async def of_type(call: Call) -> Answer:
    """Return the resources of a type in a scope, or of a parent.

    Raises:
        ArmError: The type or the scope is not there, or has no such filter.
    """
    above = call.named
    kind = call.core.registry.find(f"{above.type}/{call.word}")
    call.check_version(kind.name, kind.versions)
    if kind.listed is not None:
        return listing.page(call, kind.listed(call, above.scope))
    wanted = call.request.query.get("$filter", "")
    if wanted and not kind.lists_by_prefix:
        raise errors.bad_filter(wanted)
    if not above.names:
        return listing.page(call, _standing(call, above, kind.name))
    own = Target(above.scope, kind.name, (*above.names, "any"))
    await placing.check_parent(call.core, own)
    if kind.backing is not None:
        there = await kind.backing.list(call.core, above)
        if wanted:
            there = [one for one in there if one["name"].startswith(wanted)]
        return listing.page(call, there)
    below = call.core.store.below(above.key)
    return listing.page(call, [call.core.show(one) for one in below if one.type == kind.name])


def _standing(call: Call, above: Target, kind: str) -> list[Json]:
    """Return the resources of a type in a subscription or group."""
    if not above.subscription:
        raise errors.unknown_type(above.namespace, kind.partition("/")[2])
    if above.group and call.core.store.find(above.scope) is None:
        raise errors.group_not_found(above.group)
    scope = f"{above.scope.lower()}/"
    kept = (one for one in call.core.store.of_type(kind) if one.key.startswith(scope))
    return [call.core.show(one) for one in kept]
