"""Where replicas run: nodes of dedicated profiles, counted between a minimum and a maximum.

A node is used up by what its replicas ask for, not by what they use. Where none has room, another
comes after a while, unless the maximum is reached; nodes that stay empty go. Without nodes
(Consumption) an environment's limit of cores is all that counts.
https://learn.microsoft.com/azure/container-apps/workload-profiles-overview
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from funcyard.emulator.containerapps.profiles import ProfileType
    from funcyard.emulator.containerapps.resources import Demand
    from funcyard.emulator.core.clock import Clock

NODE_SECONDS: Final = 120
"""How long a node takes to come: people measured 120 to 160 s."""
IDLE_SECONDS: Final = 600
"""How long a node stays that nothing runs on."""
LARGEST: Final = 500
"""Cores that an environment may use of a category (recorded)."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a profile allows.

    Attributes:
        kind: What its nodes are.
        least: How many nodes there always are.
        most: How many there may be.
    """

    kind: ProfileType
    least: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """What came of looking for a place.

    Attributes:
        node: The number of the node; None where there is none with room.
        is_full: Whether no further node may come.
    """

    node: int | None
    is_full: bool = False


@dataclass(slots=True)
class Pool:
    """The nodes of a profile of an environment.

    Attributes:
        bounds: What the profile allows.
        count: How many nodes there are.
        due: When the next one comes; None while none is on its way.
        idle: Since when each empty node has been.
    """

    bounds: Bounds
    count: int = 0
    due: float | None = None
    idle: dict[int, float] = field(default_factory=dict)

    def place(self, wanted: Demand, taken: Mapping[int, Sequence[Demand]]) -> Placed:
        """Find a place among what others have taken, by node."""
        kind = self.bounds.kind
        if not kind.is_dedicated:
            used = sum(one.cpu for demands in taken.values() for one in demands)
            fits = used + wanted.cpu <= LARGEST
            return Placed(0 if fits else None, is_full=not fits)
        for number in range(self.count):
            if fits_in(kind, (*taken.get(number, ()), wanted)):
                return Placed(number)
        return Placed(None, is_full=self.count >= self.bounds.most)

    def turn(self, clock: Clock, taken: Mapping[int, Sequence[Demand]], *, lacks: bool) -> bool:
        """Let nodes come and go; return whether one more was asked for just now.

        Args:
            clock: The time.
            taken: What replicas have taken, by node.
            lacks: Whether a replica waits for a place.
        """
        if not self.bounds.kind.is_dedicated:
            return False
        now = clock.time()
        self.count = max(self.count, self.bounds.least)
        if self.due is not None and self.due <= now:
            self.count, self.due = self.count + 1, None
        if self.due is not None and self.count >= self.bounds.most:
            self.due = None
        self._shrink(clock, taken, lacks=lacks)
        if lacks and self.due is None and self.count < self.bounds.most:
            self.due = clock.after(NODE_SECONDS)
            return True
        return False

    def _shrink(self, clock: Clock, taken: Mapping[int, Sequence[Demand]], *, lacks: bool) -> None:
        """Let empty nodes go, the last first: others keep their numbers."""
        now, last = clock.time(), self.count - 1
        for number in range(self.count):
            if taken.get(number) or lacks:
                self.idle.pop(number, None)
            else:
                self.idle.setdefault(number, now)
        while self.count > self.bounds.least and not taken.get(last):
            is_over = self.count > self.bounds.most
            if not is_over and (lacks or clock.after(0) < self._leaves(last, clock)):
                break
            self.idle.pop(last, None)
            self.count, last = last, last - 1

    def _leaves(self, number: int, clock: Clock) -> float:
        return self.idle[number] + IDLE_SECONDS / clock.scale

    def next_turn(self, clock: Clock) -> float | None:
        """Return when nodes come or go next by themselves; None where they do not."""
        moments = [] if self.due is None else [self.due]
        if self.count > self.bounds.least and (self.count - 1) in self.idle:
            moments.append(self._leaves(self.count - 1, clock))
        return min(moments, default=None)


def fits_in(kind: ProfileType, demands: Iterable[Demand]) -> bool:
    """Tell whether a node has room for all of these."""
    asked = tuple(demands)
    cpu, memory = sum(one.cpu for one in asked), sum(one.memory for one in asked)
    return cpu <= kind.cores and memory <= kind.memory
