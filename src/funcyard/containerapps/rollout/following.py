"""A new revision, looked at until it runs, or will not.

It runs once Azure says that it is ready and all replicas that it wants are, for some looks in a
row: without a probe a container is ready as soon as it is started, also one that ends at once. That
it will not is said by its own states, again and again, or by a container that was started in vain
several times; a first failure may be that of something that it waits for. Where neither is so in
the time that there is, what the platform told of it says why.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.azure.deadline import within
from funcyard.azure.errors import AzureUnreachableError
from funcyard.containerapps.observing import observe
from funcyard.containerapps.polling import PAUSE
from funcyard.containerapps.verdict import has_failed, is_stopped, is_up, what_failed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from funcyard.azure.container_apps import ContainerApps
    from funcyard.azure.resource_ids import ResourceId
    from funcyard.containerapps.events import Event
    from funcyard.containerapps.observing import Observation

_CERTAIN: Final = 3
"""So many looks in a row have to say that it runs, or that it failed."""

_TOLD: Final = 5
"""So many warnings of the platform are told."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a revision.

    Attributes:
        revision: Its name.
        runs: Whether it runs.
        because: What says so, in words.
        superseded: Whether another revision came after it, of somebody else's change.
    """

    revision: str
    runs: bool
    because: tuple[str, ...] = ()
    superseded: bool = False


async def follow(
    client: ContainerApps,
    resource: ResourceId,
    revision: str,
    *,
    patience: float,
    told: Callable[[], Sequence[Event]],
    pause: float = PAUSE,
) -> Outcome:
    """Look at a revision until it runs or will not, and return which.

    Args:
        client: Who asks.
        resource: The app.
        revision: Name of the revision.
        patience: Seconds for it to run.
        told: What the platform has told of the app so far.
        pause: Seconds between two looks.

    Raises:
        AzureFailedError: The app cannot be read, or Azure was not reached when the time ended.
    """
    looks = _Looks(revision, told)
    seen: Observation | None = None
    unreached: AzureUnreachableError | None = None
    try:
        async with within(patience):
            while True:
                client.patience.renew()
                try:
                    seen, unreached = await observe(client, resource), None
                    if outcome := looks.take(seen):
                        return outcome
                except AzureUnreachableError as fault:
                    unreached = fault
                await asyncio.sleep(pause)
    except TimeoutError:
        if unreached is not None:
            raise unreached from None
    late = f"{revision} does not run within {patience:g} seconds"
    return Outcome(revision, runs=False, because=(late, *_known(seen, revision, told())))


class _Looks:
    """What looks at a revision come to, one after another.

    Args:
        revision: Its name.
        told: What the platform has told so far.
    """

    def __init__(self, revision: str, told: Callable[[], Sequence[Event]]) -> None:
        self._revision = revision
        self._told = told
        self._up = 0
        self._failed = 0
        self._restarts = 0

    def take(self, seen: Observation) -> Outcome | None:
        """Return what became of it, None where that is not certain yet."""
        if (other := seen.app.latest_revision) != self._revision:
            why = f"{other} came after it: somebody else changed the app"
            return Outcome(self._revision, runs=False, because=(why,), superseded=True)
        if is_stopped(seen):
            why = f"{seen.app.name} is {seen.app.states.running_status}"
            return Outcome(self._revision, runs=False, because=(why,))
        found = seen.revision(self._revision)
        if found is None:
            return None
        replicas = seen.replicas.get(self._revision, ())
        restarts = sum(one.restarts for one in replicas)
        is_ready = seen.app.latest_ready_revision == self._revision and is_up(seen, found)
        self._up = (self._up if restarts == self._restarts else 0) + 1 if is_ready else 0
        self._failed = self._failed + 1 if has_failed(seen, found) else 0
        self._restarts = restarts
        if self._up >= _CERTAIN:
            wanted = max(len(replicas), found.template.scale.least)
            ready = f"{len(replicas)} of {wanted} replicas are ready"
            return Outcome(self._revision, runs=True, because=(ready,))
        if self._failed >= _CERTAIN:
            warnings = _warnings(self._told(), self._revision)
            reasons = (*what_failed(seen, found), *_waiting(seen, self._revision), *warnings)
            return Outcome(self._revision, runs=False, because=reasons)
        return None


def _known(seen: Observation | None, revision: str, events: Sequence[Event]) -> tuple[str, ...]:
    found = seen.revision(revision) if seen else None
    states: tuple[str, ...] = ()
    if seen is not None and found is not None:
        running = found.states.running_state or "of no known state"
        states = (f"it is {running}", *what_failed(seen, found), *_waiting(seen, revision))
    return (*states, *_warnings(events, revision))


def _waiting(seen: Observation, revision: str) -> Iterator[str]:
    """Yield what is told of replicas that do not run."""
    for replica in seen.replicas.get(revision, ()):
        if not replica.ready and replica.states.details:
            yield f"{replica.name} is {replica.states.running_state}: {replica.states.details}"


def _warnings(events: Sequence[Event], revision: str) -> tuple[str, ...]:
    """Return what the platform warned of, the last of it, each once."""
    found: dict[str, None] = {}
    for one in events:
        if one.is_warning and one.revision in {revision, ""}:
            line = f"{one.reason}: {one.message}"
            found.pop(line, None)
            found[line] = None
    return tuple(found)[-_TOLD:]
