"""A new revision, looked at until it runs, or will not.

It runs once Azure says that it is ready and all replicas that it wants are. That it will not is
said by its own states, again and again, or by a container that was started in vain several times; a
first failure may be that of something that it waits for. Where neither is so in the time that there
is, what the platform told of it says why.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.azure.errors import AzureUnreachableError
from funcyard.containerapps.observing import observe
from funcyard.containerapps.polling import PAUSE
from funcyard.containerapps.verdict import has_failed, is_up, what_failed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from funcyard.azure.container_apps import ContainerApps
    from funcyard.azure.resource_ids import ResourceId
    from funcyard.containerapps.events import Event
    from funcyard.containerapps.observing import Observation

_CERTAIN: Final = 3
"""So many looks in a row have to say that it failed."""

_TOLD: Final = 5
"""So many warnings of the platform are told."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a revision.

    Attributes:
        revision: Its name.
        runs: Whether it runs.
        because: What says so, in words.
    """

    revision: str
    runs: bool
    because: tuple[str, ...] = ()


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
    failed = 0
    seen: Observation | None = None
    unreached: AzureUnreachableError | None = None
    try:
        async with asyncio.timeout(patience):
            while True:
                try:
                    seen, unreached = await observe(client, resource), None
                except AzureUnreachableError as fault:
                    unreached = fault
                    await asyncio.sleep(pause)
                    continue
                if outcome := _certain(seen, revision):
                    return outcome
                found = seen.revision(revision)
                failed = failed + 1 if found and has_failed(seen, found) else 0
                if failed >= _CERTAIN and found is not None:
                    reasons = (*what_failed(seen, found), *_warnings(told(), revision))
                    return Outcome(revision, runs=False, because=reasons)
                await asyncio.sleep(pause)
    except TimeoutError:
        if unreached is not None:
            raise unreached from None
    late = f"{revision} does not run within {patience:g} seconds"
    return Outcome(revision, runs=False, because=(late, *_known(seen, revision, told())))


def _certain(seen: Observation, revision: str) -> Outcome | None:
    """Return what became of a revision where that is certain at once."""
    app, found = seen.app, seen.revision(revision)
    if app.latest_revision != revision:
        other = f"{app.latest_revision} came after it: somebody else changed the app"
        return Outcome(revision, runs=False, because=(other,))
    if found is None or app.latest_ready_revision != revision or not is_up(seen, found):
        return None
    count = len(seen.replicas.get(revision, ()))
    ready = f"{count} replicas are ready" if count else "it wants no replica now"
    return Outcome(revision, runs=True, because=(ready,))


def _known(seen: Observation | None, revision: str, events: Sequence[Event]) -> tuple[str, ...]:
    found = seen.revision(revision) if seen else None
    states: tuple[str, ...] = ()
    if seen is not None and found is not None:
        running = found.states.running_state or "of no known state"
        states = (f"it is {running}", *what_failed(seen, found))
    return (*states, *_warnings(events, revision))


def _warnings(events: Sequence[Event], revision: str) -> tuple[str, ...]:
    """Return what the platform warned of, the last of it, each once."""
    found: dict[str, None] = {}
    for one in events:
        if one.is_warning and one.revision in {revision, ""}:
            line = f"{one.reason}: {one.message}"
            found.pop(line, None)
            found[line] = None
    return tuple(found)[-_TOLD:]
