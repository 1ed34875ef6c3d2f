"""The timer trigger: a function run when its schedule says so, never twice at once.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING

from azure.core.exceptions import AzureError

from funcyard.host.invocation import NoWorkerError, Retry, Value, WorkerLost
from funcyard.host.listeners.clock import Clock, SystemClock
from funcyard.host.listeners.retries import parse_retry
from funcyard.host.listeners.schedule import ScheduleError, parse_schedule
from funcyard.host.listeners.timer_status import NEVER, TimerStatus, TimerStatusBlob
from funcyard.host.listeners.trouble import Trouble
from funcyard.host.setting_names import resolve_settings

if TYPE_CHECKING:
    from datetime import datetime

    from funcyard.functions.model import Function
    from funcyard.host.listeners.listener import ListenerContext

_MONITORED_FROM = timedelta(minutes=1)
_LONGEST_SLEEP = 30.0
"""A suspended machine's clock jumps: the time is looked at again at least this often."""


class TimerListener:
    """Runs a function by its schedule.

    Args:
        function: A function with a ``timerTrigger``.
        context: What it may use of its app.
        clock: The time.

    Raises:
        ScheduleError: The schedule or the time zone is wrong, or it is never due.
        RetryPolicyError: The function's retry policy is wrong.
        SettingMissingError: The schedule refers to a missing setting.
        ConnectionMissingError: The status is to be kept and AzureWebJobsStorage is missing.
    """

    def __init__(
        self, function: Function, context: ListenerContext, clock: Clock | None = None
    ) -> None:
        self._function = function
        self._context = context
        self._clock = clock or SystemClock()
        trigger = function.trigger
        text = resolve_settings(str(trigger.get("schedule") or ""), context.settings)
        self._schedule = parse_schedule(text, context.settings)
        self._retry = parse_retry(function.retry)
        self._on_startup = _flag(trigger.get("runOnStartup"), default=False)
        self._trouble = Trouble(context.events, context.app, function.name, "timer storage")
        self._status: TimerStatus | None = None
        self._status_blob: TimerStatusBlob | None = None
        if self._is_monitored(text):
            self._status_blob = TimerStatusBlob(
                context.storage.blobs(), context.host_id, function.name
            )
        self._task: asyncio.Task[None] | None = None
        self._running = False
        self._stopping = False

    async def start(self) -> None:
        """Begin to wait; run at once where it is past due or wanted on start-up."""
        name = f"timer {self._function.name}"
        self._task = asyncio.get_running_loop().create_task(self._run(), name=name)

    async def stop(self) -> None:
        """Wait for what runs; a retry that waits is given up."""
        self._stopping = True
        task, self._task = self._task, None
        if task is None:
            return
        if not self._running:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    def _is_monitored(self, text: str) -> bool:
        """Tell whether the status is kept; also find out whether the timer is ever due."""
        first = self._schedule.next_after(self._clock.now())
        if first is None:
            raise ScheduleError(f"the schedule {text!r} is never due")
        if not _flag(self._function.trigger.get("useMonitor"), default=True):
            return False
        second = self._schedule.next_after(first)
        return second is None or second - first >= _MONITORED_FROM

    async def _run(self) -> None:
        past_due = await self._load_status()
        if past_due or self._on_startup:
            await self._fire(past_due=past_due)
        while not self._stopping:
            due = self._schedule.next_after(self._clock.now())
            if due is None:
                return
            await self._sleep_until(due)
            await self._fire(past_due=False)

    async def _sleep_until(self, due: datetime) -> None:
        while (left := (due - self._clock.now()).total_seconds()) > 0:
            await self._clock.sleep(min(left, _LONGEST_SLEEP))

    async def _load_status(self) -> bool:
        """Read the status and tell whether a run was missed while nothing listened."""
        if self._status_blob is None:
            return False
        now = self._clock.now()
        status = None
        try:
            status = await self._status_blob.read()
        except AzureError as fault:
            self._trouble.failed(fault)
        if status is not None and self._schedule.next_after(status.updated) == status.next:
            self._status = status
            return now > status.next
        await self._keep(status.last if status else NEVER, now)
        return False

    async def _keep(self, last: datetime, now: datetime) -> None:
        following = self._schedule.next_after(now)
        if self._status_blob is None or following is None:
            return
        self._status = TimerStatus(last=last, next=following, updated=now)
        try:
            await self._status_blob.write(self._status)
        except AzureError as fault:
            self._trouble.failed(fault)
        else:
            self._trouble.ended()

    async def _fire(self, *, past_due: bool) -> None:
        began = self._clock.now()
        self._running = True
        try:
            await self._run_with_retries(past_due=past_due)
        finally:
            self._running = False
        await self._keep(began, self._clock.now())

    async def _run_with_retries(self, *, past_due: bool) -> None:
        value = Value.json(
            json.dumps(
                {
                    "Schedule": {"AdjustForDST": True},
                    "ScheduleStatus": self._status.as_dict() if self._status else None,
                    "IsPastDue": past_due,
                }
            )
        )
        retry = 0
        while True:
            try:
                outcome = await self._context.dispatcher.run(
                    self._function,
                    value,
                    metadata={},
                    data={},
                    retry=Retry(retry, self._retry.limit) if self._retry else None,
                )
                failed = outcome.failed is not None
            except NoWorkerError:
                self._trouble.say("warning", "did not run: no worker takes calls")
                failed = True
            except WorkerLost:
                failed = True
            retry += 1
            if not failed or not self._retry or not self._retry.allows(retry) or self._stopping:
                return
            self._running = False  # a stop need not wait for the next try
            await self._clock.sleep(self._retry.delay(retry))
            self._running = True


def _flag(value: object, *, default: bool) -> bool:
    if value is None:
        return default
    return value if isinstance(value, bool) else str(value).lower() == "true"
