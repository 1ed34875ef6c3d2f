"""Takes messages from one queue and runs a handler for each: what queue and blob triggers share.

A batch is taken when few enough messages are running; each message is leased while its handler
runs and then deleted, put back for another try, or, after too many tries, moved to the poison
queue. Nothing is lost: a message leaves the queue only after its handler, or its poison copy, is
done.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from azure.core.exceptions import AzureError, ResourceNotFoundError

from funcyard.host.listeners.lease import LEASE_SECONDS, Lease
from funcyard.host.listeners.pacing import Nap
from funcyard.host.queue_access import ensure_queue, send

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from azure.storage.queue import QueueMessage
    from azure.storage.queue.aio import QueueClient

    from funcyard.host.invocation import Dispatcher
    from funcyard.host.listeners.pacing import Backoff
    from funcyard.host.listeners.suspects import Suspects
    from funcyard.host.listeners.trouble import Trouble

_NOT_YET = 5.0
_NO_WORKER = 0.1
_RECEIVE_SECONDS = 10


class Verdict(Enum):
    """What a handler says about a message."""

    DONE = "done"
    FAILED = "failed"
    """It is tried again after the retry delay, or is poison."""
    LOST = "lost"
    """The worker died under it: it is tried again at once and alone, or is poison."""
    NOT_YET = "not yet"
    """Nothing was tried: it comes back in a few seconds."""
    POISON = "poison"
    """No further try can help."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How a queue is worked on.

    Attributes:
        batch_size: Messages taken at once, 1 to 32.
        new_batch_threshold: The next batch is taken when no more than this many are running.
        max_dequeue_count: Tries before a message is poison.
        retry_seconds: Delay of the next try after a failed one.
        lease_seconds: Invisibility of a taken message between renewals.
    """

    batch_size: int
    new_batch_threshold: int
    max_dequeue_count: int
    retry_seconds: float = 0.0
    lease_seconds: int = LEASE_SECONDS


class QueuePump:
    """Works on one queue between :meth:`start` and :meth:`stop`.

    Args:
        queue: The queue; made when missing.
        poison: Where poison messages go, made when the first one comes; None to try for ever.
        limits: How it is worked on.
        backoff: The wait between polls that find nothing.
        handle: Runs one message. It never raises for a fault of a function.
        dispatcher: What ``handle`` runs functions with: while it has no worker, nothing is taken.
        suspects: Where messages whose worker died are noted.
        trouble: Where trouble is said.
    """

    def __init__(
        self,
        queue: QueueClient,
        poison: QueueClient | None,
        limits: Limits,
        *,
        backoff: Backoff,
        handle: Callable[[QueueMessage], Awaitable[Verdict]],
        dispatcher: Dispatcher,
        suspects: Suspects,
        trouble: Trouble,
    ) -> None:
        self._queue = queue
        self._poison = poison
        self._limits = limits
        self._backoff = backoff
        self._handle = handle
        self._dispatcher = dispatcher
        self._suspects = suspects
        self._trouble = trouble
        self._nap = Nap()
        self._running: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self) -> None:
        """Begin to poll."""
        self._stopping = False
        name = f"queue {self._queue.queue_name}"
        self._loop = asyncio.get_running_loop().create_task(self._run(), name=name)

    def nudge(self) -> None:
        """Poll now: a message was just written."""
        self._nap.wake()

    async def stop(self) -> None:
        """Take nothing new and wait for what runs; cancelled, put back what still runs."""
        self._stopping = True
        self._nap.wake()
        try:
            if self._loop:
                await self._loop
                self._loop = None
            if self._running:
                await asyncio.wait(self._running)
        except asyncio.CancelledError:
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            raise

    async def _run(self) -> None:
        exists = False
        while not self._stopping:
            if len(self._running) > self._limits.new_batch_threshold:
                await self._nap.sleep(None)
                continue
            if not self._dispatcher.ready:
                await self._nap.sleep(_NO_WORKER)
                continue
            try:
                if not exists:
                    await ensure_queue(self._queue)
                    exists = True
                messages = await self._receive()
            except ResourceNotFoundError:
                exists = False
                continue
            except (AzureError, TimeoutError) as fault:
                await self._nap.sleep(self._trouble.failed(fault))
                continue
            self._trouble.ended()
            for message in messages:
                self._begin(message)
            if messages:
                self._backoff.reset()
            else:
                await self._nap.sleep(self._backoff.after_nothing())

    async def _receive(self) -> list[QueueMessage]:
        """Take up to a batch with one request that is not repeated here when it fails."""
        pages = self._queue.receive_messages(
            messages_per_page=self._limits.batch_size,
            visibility_timeout=self._limits.lease_seconds,
            retry_total=0,
            timeout=_RECEIVE_SECONDS,
        ).by_page()
        async for page in pages:
            return [message async for message in page]
        return []

    def _begin(self, message: QueueMessage) -> None:
        lease = Lease(self._queue, message, self._limits.lease_seconds)
        work = self._put_back(lease, 0) if self._stopping else self._work(lease)
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._nap.wake()
        if not task.cancelled() and (fault := task.exception()):
            self._trouble.say("error", f"a fault of the host itself: {fault!r}")

    async def _work(self, lease: Lease) -> None:
        tries = lease.message.dequeue_count or 1
        if self._poison and tries > self._limits.max_dequeue_count:
            await self._move_to_poison(lease, tries - 1)
            return
        try:
            async with self._suspects.turn(lease.message.id):
                verdict = await self._handle(lease.message)
                self._note(lease.message.id, verdict)
        except asyncio.CancelledError:
            await self._put_back(lease, 0)
            raise
        except Exception:
            # Whatever the fault, the message must come back; the task's end reports it.
            await self._put_back(lease, self._limits.retry_seconds)
            raise
        await self._settle(lease, verdict, tries)

    def _note(self, message: str, verdict: Verdict) -> None:
        if verdict is Verdict.LOST:
            self._suspects.add(message)
        elif verdict is not Verdict.NOT_YET:
            self._suspects.clear(message)

    async def _settle(self, lease: Lease, verdict: Verdict, tries: int) -> None:
        if verdict is Verdict.DONE:
            try:
                await lease.delete()
            except AzureError as fault:
                self._trouble.say(
                    "warning",
                    f"message {lease.message.id} was done but not deleted and may run again:"
                    f" {_first_line(fault)}",
                )
        elif verdict is Verdict.NOT_YET:
            await self._put_back(lease, _NOT_YET)
        elif self._poison and (
            verdict is Verdict.POISON or tries >= self._limits.max_dequeue_count
        ):
            await self._move_to_poison(lease, tries)
        else:
            lost = verdict is Verdict.LOST
            await self._put_back(lease, 0 if lost else self._limits.retry_seconds)

    async def _put_back(self, lease: Lease, delay: float) -> None:
        try:
            await lease.put_back(delay)
        except AzureError as fault:
            self._trouble.say(
                "warning", f"message {lease.message.id} comes back late: {_first_line(fault)}"
            )
        if not delay:
            self._nap.wake()

    async def _move_to_poison(self, lease: Lease, tries: int) -> None:
        assert self._poison is not None  # noqa: S101 - the callers have asked
        try:
            await send(self._poison, str(lease.message.content))
            await lease.delete()
        except AzureError as fault:
            self._trouble.say(
                "warning", f"message {lease.message.id} stays for now: {_first_line(fault)}"
            )
            return
        self._trouble.say(
            "warning",
            f"message {lease.message.id} was moved to {self._poison.queue_name}"
            f" after {tries} {'try' if tries == 1 else 'tries'}",
        )


def _first_line(fault: Exception) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0]
