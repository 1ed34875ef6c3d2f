"""The replicas that there are now: wanted, waiting for a place, running, ending.

They are in memory alone: after a start of the local Azure others run, as on nodes that were lost.
"""

from __future__ import annotations

import hashlib
import secrets
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps.runtime.told import RunningState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.emulator.containerapps.resources import Demand
    from funcyard.emulator.containerapps.runtime.interface import Running

_LETTERS: Final = string.ascii_lowercase + string.digits
_LONGEST_HASH: Final = 10
_RANDOM: Final = 5


@dataclass(slots=True, kw_only=True, eq=False)
class Replica:
    """A replica of a revision, or of a job's execution.

    Attributes:
        name: Its own in the location.
        owner: Key of the revision or the execution.
        app: Key of the app or the job.
        environment: Key of the environment.
        profile: The workload profile that it runs on.
        demand: What it asks for.
        created: When, in seconds of the day's clock.
        node: Number of the node that it is on; None while there is no place for it.
        running: What runs of it; None before.
        is_starting: Whether somebody starts it right now.
        is_ending: Whether it is wanted no more.
        trouble: What keeps it from running, as it was last told.
    """

    name: str
    owner: str
    app: str
    environment: str
    profile: str
    demand: Demand
    created: float
    node: int | None = None
    running: Running | None = None
    is_starting: bool = False
    is_ending: bool = False
    trouble: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether it takes requests."""
        return not self.is_ending and self.running is not None and self.running.is_ready

    @property
    def is_broken(self) -> bool:
        """Whether a container of it ended or waits after it had been started."""
        return self.running is not None and any(
            one.running_state is not RunningState.RUNNING and one.restart_count > 0
            for one in self.running.containers
        )


class Fleet:
    """All replicas of a location."""

    def __init__(self) -> None:
        self._replicas: dict[str, Replica] = {}

    def __iter__(self) -> Iterator[Replica]:
        return iter(list(self._replicas.values()))

    def add(self, replica: Replica) -> None:
        """Take note of a replica."""
        self._replicas[replica.name] = replica

    def remove(self, replica: Replica) -> None:
        """Forget a replica that is gone."""
        self._replicas.pop(replica.name, None)

    def find(self, name: str) -> Replica | None:
        """Return a replica by its name."""
        return self._replicas.get(name)

    def of(self, owner: str) -> list[Replica]:
        """Return what a revision or an execution has and keeps, the oldest first."""
        return [one for one in self._replicas.values() if one.owner == owner and not one.is_ending]

    def of_app(self, app: str) -> list[Replica]:
        """Return all of an app or a job, those that end included."""
        return [one for one in self._replicas.values() if one.app == app]

    def on(self, environment: str, profile: str) -> list[Replica]:
        """Return those that have a place on a profile."""
        return [
            one
            for one in self._replicas.values()
            if (one.environment, one.profile) == (environment, profile) and one.node is not None
        ]


def named(owner: str) -> str:
    """Return a name for another replica of a revision or an execution, as Azure forms them."""
    own = hashlib.sha256(owner.encode()).hexdigest()[:_LONGEST_HASH]
    return f"{owner}-{own}-{''.join(secrets.choice(_LETTERS) for _ in range(_RANDOM))}"
