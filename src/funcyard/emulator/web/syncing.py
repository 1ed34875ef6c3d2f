"""What a site's app says that it has, kept as the site's functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.core.records import SUCCEEDED, Kept
from funcyard.emulator.web.naming import FUNCTION

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json


async def sync(core: Core, site: Kept) -> None:
    """Ask the app of a site for its functions, and keep them; without an answer nothing changes."""
    told = await core.web.functions(site.name)
    if told is not None and core.store.find(site.key) is not None:
        keep(core, site, told)


def keep(core: Core, site: Kept, told: list[Json]) -> None:
    """Keep functions as a site's, in place of those that it had."""
    now = core.clock.stamp()
    kind = FUNCTION.rpartition("/")[2]
    with core.store.transaction():
        for one in core.store.below(site.key):
            if one.type == FUNCTION:
                core.store.drop(one.key)
        for function in told:
            target = site.target.child(kind, str(function["name"]))
            body = {
                "properties": {
                    "config": function["config"],
                    "isDisabled": function["isDisabled"],
                    "route": function["invokeUrlTemplate"] or "",
                }
            }
            core.store.save(Kept(target.id, FUNCTION, body, SUCCEEDED, now, now))
