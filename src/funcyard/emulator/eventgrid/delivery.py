"""The delivery of what is in the outbox: at least once, to many subscriptions at once.

One task finds what is due and starts attempts, so many at a time and so many to one subscription;
what an attempt comes to is in the file before the next begins.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sqlite3
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from azure.core.exceptions import AzureError, ResourceNotFoundError

from funcyard.emulator.eventgrid import dead_letters, schedule
from funcyard.emulator.eventgrid.destinations import WEBHOOK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept
    from funcyard.emulator.eventgrid.outbox import Delivery, Outbox
    from funcyard.emulator.eventgrid.schedule import Outcome
    from funcyard.emulator.eventgrid.sending import Sender

_LOGGER = logging.getLogger(__name__)
_AT_ONCE: Final = 32
_AT_ONCE_TO_ONE: Final = 8
_IN_ONE_BLOB: Final = 1000
_BUSY_SECONDS: Final = 1
_GRACE_SECONDS: Final = 1.0


class Dispatcher:
    """Delivers what is in an outbox between :meth:`start` and :meth:`stop`.

    Args:
        core: Where subscriptions are found, and time.
        outbox: What is delivered.
        sender: How.
    """

    def __init__(self, core: Core, outbox: Outbox, sender: Sender) -> None:
        self._core = core
        self._outbox = outbox
        self._sender = sender
        self._wanted = asyncio.Event()
        self._attempts: set[asyncio.Task[None]] = set()
        self._under_way: set[int] = set()
        self._lanes: Counter[str] = Counter()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to deliver."""
        self._task = asyncio.create_task(self._run(), name="events")

    async def stop(self) -> None:
        """Deliver no more; what does not end soon is broken off, and tried again by the next."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._attempts:
            await asyncio.wait(self._attempts, timeout=_GRACE_SECONDS)
        for one in self._attempts:
            one.cancel()
        await asyncio.gather(*self._attempts, return_exceptions=True)

    def wake(self) -> None:
        """Look at once whether something is due."""
        self._wanted.set()

    async def _run(self) -> None:
        while True:
            self._wanted.clear()
            try:
                pause = self._begin_all()
            except Exception:
                _LOGGER.exception("the events that wait cannot be read")
                pause = _BUSY_SECONDS
            # wait_for would pass over a cancellation that comes as it is woken, and never end.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wanted.wait()

    def _begin_all(self) -> float | None:
        """Start attempts; return after how many seconds more is due, None where nothing will be."""
        now = self._core.clock.time()
        for subscription in self._outbox.waiting(now):
            self._begin(subscription, now)
        due = self._outbox.next_due(now)
        return None if due is None else max(0.0, due - self._core.clock.time())

    def _begin(self, subscription: str, now: float) -> None:
        """Start attempts to deliver to a subscription, as many as there may be."""
        kept = self._core.store.find(subscription)
        if kept is None:
            self._outbox.forget(subscription)
            return
        room = min(_AT_ONCE_TO_ONE - self._lanes[kept.key], _AT_ONCE - len(self._attempts))
        if room <= 0:
            return
        under_way = len(self._under_way)
        dead = self._fresh(kept.key, now, _IN_ONE_BLOB + under_way, dead=True)
        properties = kept.properties["destination"]["properties"]
        size = int(properties.get("maxEventsPerBatch", 1))
        living = self._fresh(kept.key, now, room * size + under_way)
        if kept.is_busy:
            later = self._core.clock.after(_BUSY_SECONDS)
            self._outbox.postpone((one, later) for one in (*dead, *living))
            return
        kilobytes = int(properties.get("preferredBatchSizeInKilobytes", 64))
        batches: list[Sequence[Delivery]] = [dead[:_IN_ONE_BLOB]] if dead else []
        batches += _batches(living, size, kilobytes * 1024)
        for batch in batches[:room]:
            self._launch(kept, batch)

    def _fresh(self, key: str, now: float, most: int, *, dead: bool = False) -> list[Delivery]:
        """Return what is due of a subscription and not under way."""
        found = self._outbox.due(key, now, most, dead=dead)
        return [one for one in found if one.id not in self._under_way]

    def _launch(self, kept: Kept, batch: Sequence[Delivery]) -> None:
        keys = {one.id for one in batch}
        self._under_way |= keys
        self._lanes[kept.key] += 1
        task = asyncio.create_task(self._attempt(kept, batch), name=f"deliver to {kept.name}")
        self._attempts.add(task)

        def ended(_: asyncio.Task[None]) -> None:
            self._attempts.discard(task)
            self._under_way.difference_update(keys)
            self._lanes[kept.key] -= 1
            self._wanted.set()

        task.add_done_callback(ended)

    async def _attempt(self, kept: Kept, batch: Sequence[Delivery]) -> None:
        try:
            if batch[0].reason:
                await self._bury(kept, batch)
                return
            now = self._core.clock.time()
            late = [one for one in batch if one.expires <= now]
            self._give_up(kept, [replace(one, reason=schedule.TIME_EXCEEDED) for one in late])
            if on_time := [one for one in batch if one.expires > now]:
                await self._deliver(kept, on_time)
        except Exception:
            _LOGGER.exception("events for %s", kept.id)
            await self._put_off(batch)

    async def _deliver(self, kept: Kept, batch: Sequence[Delivery]) -> None:
        core = self._core
        attempts = batch[0].attempts
        outcome = await self._sender.deliver(core, kept, [one.event for one in batch], attempts)
        if outcome.is_taken:
            self._outbox.done(batch)
            return
        now = core.clock.time()
        tried = [
            replace(one, attempts=one.attempts + 1, outcome=outcome.word, tried=now)
            for one in batch
        ]
        later, dead = [], []
        for one in tried:
            reason = _reason(kept, one, outcome)
            if reason:
                dead.append(replace(one, reason=reason))
            else:
                later.append((one, core.clock.after(schedule.pause(one.attempts, outcome))))
        self._outbox.postpone(later)
        self._give_up(kept, dead)

    async def _put_off(self, batch: Sequence[Delivery]) -> None:
        """Let events be tried again in a while, also where that cannot be kept."""
        later = self._core.clock.after(schedule.DEAD_LETTER_PAUSE)
        try:
            self._outbox.postpone((one, later) for one in batch)
        except sqlite3.Error:
            await asyncio.sleep(_BUSY_SECONDS)  # they are due, and whoever gets them has them

    def _give_up(self, kept: Kept, dead: Sequence[Delivery]) -> None:
        """Let dead events become blobs, where the subscription says so; else they are dropped."""
        if not dead:
            return
        if kept.properties.get("deadLetterDestination"):
            clock = self._core.clock
            due = clock.after(schedule.DEAD_LETTER_SECONDS)
            until = clock.after(schedule.DEAD_LETTER_SECONDS + schedule.DEAD_LETTER_PATIENCE)
            self._outbox.postpone((replace(one, expires=until), due) for one in dead)
            return
        for one in dead:
            _LOGGER.warning(
                "%s: the event %s is dropped: %s after %d attempts, the last: %s",
                kept.id,
                one.event.id,
                one.reason,
                one.attempts,
                one.outcome or "none",
            )
        self._outbox.done(dead)

    async def _bury(self, kept: Kept, dead: Sequence[Delivery]) -> None:
        if not kept.properties.get("deadLetterDestination"):
            self._give_up(kept, dead)
            return
        try:
            await dead_letters.write(self._core, kept, dead)
        except (ResourceNotFoundError, LookupError):
            _LOGGER.warning("%s: %d dead events are dropped: no container", kept.id, len(dead))
        except AzureError as fault:
            now = self._core.clock.time()
            later = self._core.clock.after(schedule.DEAD_LETTER_PAUSE)
            self._outbox.postpone((one, later) for one in dead if one.expires > now)
            dead = [one for one in dead if one.expires <= now]
            _LOGGER.warning("%s: dead events cannot be kept: %s", kept.id, fault.message)
        self._outbox.done(dead)


def _reason(kept: Kept, one: Delivery, outcome: Outcome) -> str:
    """Return why an event is dead after an attempt; empty while it is not."""
    by_webhook = kept.properties["destination"]["endpointType"] == WEBHOOK
    if outcome.is_final(by_webhook=by_webhook):
        return schedule.final_reason(outcome)
    if one.attempts >= kept.properties["retryPolicy"]["maxDeliveryAttempts"]:
        return schedule.ATTEMPTS_EXCEEDED
    return ""


def _batches(
    due: Sequence[Delivery], most: int, preferred_bytes: int
) -> Iterator[Sequence[Delivery]]:
    """Yield what goes out together: events of as many attempts."""
    batch: list[Delivery] = []
    size = 0
    for one in due:
        length = len(json.dumps(one.event.body))
        is_full = len(batch) == most or size + length > preferred_bytes
        if batch and (is_full or batch[0].attempts != one.attempts):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += length
    if batch:
        yield batch
