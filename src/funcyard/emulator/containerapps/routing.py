"""Which replica a request goes to: a revision by weight, a replica of it in turn.

https://learn.microsoft.com/azure/container-apps/traffic-splitting; weights are kept to exactly,
over as many requests as they add up to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import revisions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.emulator.containerapps.fleet import Replica
    from funcyard.emulator.core.records import Kept

_NOBODY: Final = ""


class Turns:
    """Who has a turn, of those with shares: spread as evenly as whole turns allow."""

    def __init__(self) -> None:
        self._credits: dict[str, float] = {}

    def next(self, shares: Sequence[tuple[str, int]]) -> str:
        """Return whose turn it is; nothing where nobody has a share."""
        total = sum(share for _, share in shares)
        if not total:
            return _NOBODY
        known = {name: self._credits.get(name, 0.0) + share for name, share in shares}
        chosen = max(known, key=lambda name: known[name])
        known[chosen] -= total
        self._credits = known
        return chosen


def shares(app: Kept, made: list[Kept]) -> list[tuple[str, int]]:
    """Return the names of an app's active revisions with the shares of requests they get."""
    found = []
    for one in made:
        weight = revisions.weight(app, made, one.name)
        if one.properties["active"] and weight:
            found.append((one.name, weight))
    return found


def in_turn(ready: Sequence[Replica], number: int) -> Replica:
    """Return the replica that has a turn of those that are ready."""
    return ready[number % len(ready)]


def port_of(target: int, replica: Replica) -> int | None:
    """Return where a replica takes requests: as is wanted, else where its process listens."""
    if target:
        return target
    if replica.running is None or not replica.running.containers:
        return None
    return next(iter(replica.running.containers[0].listening_ports), None)
