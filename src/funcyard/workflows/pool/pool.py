"""The worker processes of one engine: warm where possible, bounded, shared fairly.

A worker that becomes free, or has just started, goes to whoever waits longest for its pin. Where
there is none for a waiter, one is started, if the organisation and the engine may have one more; an
idle one of others makes room. An organisation that has more than its share gives a worker up when
it becomes free and another is short.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.errors import FuncyardError
from funcyard.workflows.errors import EngineBusyError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator
    from typing import Any

    from funcyard.workflows.limits import PoolLimits
    from funcyard.workflows.pool.pin import Pin
    from funcyard.workflows.pool.process import WorkerProcess

_LOOK_SECONDS: Final = 1.0


@dataclass(slots=True)
class _Waiter:
    ticket: int
    pin: Pin
    worker: asyncio.Future[WorkerProcess]


class Pool:
    """Workers by what they are pinned to.

    Args:
        limits: How many there may be.
        start: Starts one, loaded.
    """

    def __init__(
        self, limits: PoolLimits, start: Callable[[Pin], Awaitable[WorkerProcess]]
    ) -> None:
        self._limits = limits
        self._start = start
        self._idle: list[WorkerProcess] = []
        self._busy: set[WorkerProcess] = set()
        self._starting: Counter[Pin] = Counter()
        self._waiting: list[_Waiter] = []
        self._tickets = itertools.count()
        self._latest: dict[tuple[str, str], tuple[str, int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.Task[None] | None = None
        self._closed = False

    def waiting(self, organization: str) -> int:
        """Return how many executions of an organisation wait for a worker."""
        return sum(one.pin.organization == organization for one in self._waiting)

    async def acquire(self, pin: Pin, patience: float) -> WorkerProcess:
        """Return a worker of that pin for one run; give it back with :meth:`release`.

        Raises:
            EngineBusyError: None became free in the seconds of patience.
            WorkerStartError: None can be started.
        """
        if self._closed:
            raise EngineBusyError("the engine is being closed")
        self._follow(pin)
        waiter = _Waiter(next(self._tickets), pin, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        self._balance()
        try:
            await asyncio.wait([waiter.worker], timeout=patience)
        except asyncio.CancelledError:
            self._leave(waiter)
            raise
        if not waiter.worker.done():
            self._leave(waiter)
            raise EngineBusyError(
                f"no worker became free for {pin.organization} in {patience:g} seconds",
                hint="try again later, or run it asynchronously",
            )
        return waiter.worker.result()

    def release(self, worker: WorkerProcess) -> None:
        """Take a worker back: for the next, or to end it where it cannot serve another."""
        self._busy.discard(worker)
        stale = self._latest.get(_key(worker.pin)) != worker.pin.code
        worn = worker.executions >= self._limits.executions_per_worker
        if (
            self._closed
            or stale
            or worn
            or not worker.reusable
            or not worker.alive
            or self._owed_to_others(worker.pin.organization)
        ):
            self._end(worker)
        else:
            worker.idle_since = time.monotonic()
            self._idle.append(worker)
        self._balance()

    def add(self, worker: WorkerProcess) -> None:
        """Take a worker that was started elsewhere; it is ended where there is no room."""
        self._follow(worker.pin)
        if self._room_for(worker.pin.organization):
            self.release(worker)
        else:
            self._end(worker)

    def warm(self, pin: Pin) -> None:
        """Start a worker ahead of need where there is none of that pin, if there is room."""
        self._follow(pin)
        if self._closed:
            return
        present = any(one.pin == pin for one in (*self._idle, *self._busy)) or self._starting[pin]
        if not present and self._room_for(pin.organization):
            self._launch(pin)

    async def close(self) -> None:
        """End every worker; whoever waits is refused."""
        self._closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.worker.done():
                waiter.worker.set_exception(EngineBusyError("the engine is being closed"))
        for worker in [*self._idle, *self._busy]:
            self._end(worker)
        self._idle.clear()
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _follow(self, pin: Pin) -> None:
        """Note the code that counts now; idle workers of another are of no use."""
        self._latest[_key(pin)] = pin.code
        for worker in [one for one in self._idle if _key(one.pin) == _key(pin)]:
            if worker.pin.code != pin.code:
                self._idle.remove(worker)
                self._end(worker)
        if self._sweeper is None and not self._closed:
            self._sweeper = asyncio.create_task(self._sweep())

    def _balance(self) -> None:
        """Hand over what is idle, then start what is missing."""
        for waiter in list(self._waiting):
            worker = self._take_idle(waiter.pin)
            if worker is not None:
                self._waiting.remove(waiter)
                self._busy.add(worker)
                waiter.worker.set_result(worker)
        missing = self._missing()
        while missing:
            # Who has least comes first; the order of a dictionary is that of the longest waiting.
            organization = min(missing, key=self._count)
            pin = missing[organization].pop(0)
            room = self._room_for(organization) or self._make_room(pin)
            if room:
                self._launch(pin)
            if not room or not missing[organization]:
                del missing[organization]

    def _take_idle(self, pin: Pin) -> WorkerProcess | None:
        for worker in reversed(self._idle):
            if worker.pin == pin and worker.alive:
                self._idle.remove(worker)
                return worker
        return None

    def _missing(self) -> dict[str, list[Pin]]:
        """Return, by organisation, a pin for every waiter for whom no worker is coming."""
        missing: dict[str, list[Pin]] = {}
        coming = self._starting.copy()
        for waiter in self._waiting:
            if coming[waiter.pin]:
                coming[waiter.pin] -= 1
            else:
                missing.setdefault(waiter.pin.organization, []).append(waiter.pin)
        return missing

    def _all(self) -> Iterator[Pin]:
        yield from (worker.pin for worker in (*self._idle, *self._busy))
        yield from self._starting.elements()

    def _count(self, organization: str) -> int:
        return sum(pin.organization == organization for pin in self._all())

    def _room_for(self, organization: str) -> bool:
        return (
            self._count(organization) < self._limits.per_organization
            and sum(1 for _ in self._all()) < self._limits.workers
        )

    def _make_room(self, pin: Pin) -> bool:
        """End an idle worker that stands in the way of one of that pin; return whether one did."""
        full = self._count(pin.organization) >= self._limits.per_organization
        in_the_way = [
            one for one in self._idle if not full or one.pin.organization == pin.organization
        ]
        if not in_the_way:
            return False
        oldest = min(in_the_way, key=lambda one: one.idle_since)
        self._idle.remove(oldest)
        self._end(oldest)
        return self._room_for(pin.organization)

    def _owed_to_others(self, organization: str) -> bool:
        """Whether another organisation waits that has less of the workers than it should."""
        if sum(1 for _ in self._all()) + 1 < self._limits.workers:
            return False
        demanding = {one.pin.organization for one in self._waiting}
        share = max(1, self._limits.workers // len(demanding | {organization}))
        mine = self._count(organization) + 1
        first = {one.pin.organization: one.ticket for one in reversed(self._waiting)}
        for other in demanding - {organization}:
            theirs = self._count(other)
            waits_longer = first[other] < first.get(organization, first[other] + 1)
            if theirs < share and (mine > share or (theirs == 0 and waits_longer)):
                return True
        return False

    def _launch(self, pin: Pin) -> None:
        self._starting[pin] += 1
        self._keep(self._launched(pin))

    async def _launched(self, pin: Pin) -> None:
        try:
            worker = await self._start(pin)
        except FuncyardError as fault:
            self._starting[pin] -= 1
            self._refuse(pin, fault)
            return
        self._starting[pin] -= 1
        self.release(worker)

    def _refuse(self, pin: Pin, fault: FuncyardError) -> None:
        """Tell whoever waits for that pin that there will be none."""
        for waiter in [one for one in self._waiting if one.pin == pin]:
            self._waiting.remove(waiter)
            waiter.worker.set_exception(fault)
        self._balance()

    def _leave(self, waiter: _Waiter) -> None:
        """Forget somebody who waits no longer, and take back what he was given at that moment."""
        if waiter in self._waiting:
            self._waiting.remove(waiter)
        elif waiter.worker.done() and waiter.worker.exception() is None:
            self.release(waiter.worker.result())

    def _end(self, worker: WorkerProcess) -> None:
        self._keep(worker.end())

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _sweep(self) -> None:
        """End workers that nobody has needed for a while, and those that died."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            now = time.monotonic()
            for worker in list(self._idle):
                if not worker.alive or now - worker.idle_since > self._limits.idle_seconds:
                    self._idle.remove(worker)
                    self._end(worker)
            self._balance()


def _key(pin: Pin) -> tuple[str, str]:
    return pin.organization, pin.scope
