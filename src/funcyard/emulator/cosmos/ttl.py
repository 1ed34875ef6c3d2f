"""How long items live: by themselves, or by what their container says.

https://learn.microsoft.com/azure/cosmos-db/time-to-live
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funcyard.emulator.core.clock import Clock
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.cosmos.store.records import Container
    from funcyard.emulator.cosmos.store.store import Store


def lifetime(container: Container, body: Json) -> int | None:
    """Return how many of Azure's seconds an item lives; None where it stays."""
    if container.default_ttl is None:
        return None
    ttl = int(body.get("ttl") or container.default_ttl)
    return None if ttl < 0 else ttl


def reckoned(store: Store, before: Container, now: Container, clock: Clock) -> None:
    """Let the items of a container end when it says by now, counted from their last changes."""
    if before.default_ttl == now.default_ttl:
        return
    for item in list(store.items(now, None, 0)):
        ttl = lifetime(now, item.body)
        store.set_end(item, None if ttl is None else item.changed + ttl / clock.scale)
