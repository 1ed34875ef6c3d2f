"""What a deployment is made with: the stack, the cloud, the state, and time, chance and limits."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic

from funcyard.azure.patience import FIRST_PAUSE, LONGEST_PAUSE, pause_before
from funcyard.deploy.clock import Clock, SystemClock
from funcyard.deploy.events import Event, Stage
from funcyard.deploy.resource import CloudT

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.deploy.registry import Registry
    from funcyard.deploy.store import Store


@dataclass(frozen=True, slots=True)
class Limits:
    """How much at once, and how patiently.

    Attributes:
        calls: How many calls may be under way; waiting between them counts for nothing.
        patience: Seconds within which a call that the cloud turns away has to get through.
        first_pause: Seconds before a call is made again, about; each pause is twice the one before.
        longest_pause: Seconds that no pause exceeds, unless the cloud names a longer one.
        first_look: Seconds until what is waited for is looked at again; later looks follow each
            other by a tenth to a fifth of the time waited, so that little of it is wasted.
    """

    calls: int = 16
    patience: float = 180.0
    first_pause: float = FIRST_PAUSE
    longest_pause: float = LONGEST_PAUSE
    first_look: float = 0.5


def _ignore(_event: Event) -> None:
    """Show nothing."""


@dataclass
class Engine(Generic[CloudT]):
    """What a deployment is made with.

    Attributes:
        stack: The name of what is deployed: whose resources are ours.
        cloud: What resources are reached by.
        store: Keeps the state.
        registry: The types of resources that a record may be of.
        clock: Tells time and waits.
        chance: Spreads pauses.
        emit: Is told what happens.
        limits: How much at once, and how patiently.
    """

    stack: str
    cloud: CloudT
    store: Store
    registry: Registry[CloudT]
    clock: Clock = field(default_factory=SystemClock)
    chance: random.Random = field(default_factory=random.Random)
    emit: Callable[[Event], None] = _ignore
    limits: Limits = field(default_factory=Limits)
    calls: asyncio.Semaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Bound the calls."""
        self.calls = asyncio.Semaphore(self.limits.calls)

    def tell(self, address: str, stage: Stage, detail: str = "") -> None:
        """Tell that something happened, now."""
        self.emit(Event(self.clock.now(), address, stage, detail))

    def pause(self, number: int, asked: float | None) -> float:
        """Return how many seconds to wait, the first time being number 1.

        What the cloud asks for is kept, and a little more, so that not everybody returns at once;
        a cloud that asks for none leaves it to us.
        """
        first, longest = self.limits.first_pause, self.limits.longest_pause
        return pause_before(number, asked, self.chance, first=first, longest=longest)

    def until_next_look(self, waited: float, asked: float | None) -> float:
        """Return how many seconds to wait before looking again, having waited some already."""
        if asked:
            return asked * self.chance.uniform(1.0, 1.1)
        pause = max(self.limits.first_look, waited * self.chance.uniform(0.1, 0.2))
        return min(self.limits.longest_pause, pause)
