"""Runs invocations: decodes inputs, calls the function, encodes what it gave.

Coroutine functions run on the worker's loop, the others in a thread pool whose size follows
PYTHON_THREADPOOL_THREAD_COUNT, as in the official worker.
https://learn.microsoft.com/azure/azure-functions/python-scale-performance-reference
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from ...functions import extensions
from ...functions.model import HTTP_STREAMS
from .channel import Kind
from .context import current_invocation
from .conversion import arguments_of, context_of, failure, failure_of, success

if TYPE_CHECKING:
    from ...functions.loader import BoundFunction, LoadedApp
    from .channel import Channel, Head
    from .conversion import Answer
    from .logs import BatchHandler
    from .streams import Streams


class Invoker:
    """Runs the functions of one loaded app.

    A thread does the whole of a sync invocation and leaves its answer in a queue that the loop
    empties at once, so that many answers cost one wake-up.

    Args:
        app: The indexed and bound app.
        channel: Where results go.
        logs: Flushed before every result, so that a function's lines arrive before its outcome.

    Raises:
        HttpServerInitError: The app's web extension cannot be started.
    """

    def __init__(self, app: LoadedApp, channel: Channel, logs: BatchHandler) -> None:
        self._bound = app.bound
        self._channel = channel
        self._logs = logs
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._in_threads = 0
        self._threads = ThreadPoolExecutor(_thread_count(), thread_name_prefix="function")
        self._loop = asyncio.get_running_loop()
        self._answers: deque[tuple[int, Answer]] = deque()
        self._waking = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._streams: Streams | None = None
        if (base := extensions.streamed_http()) is not None:
            from .streams import Streams  # noqa: PLC0415 - only for apps with a web extension

            self._streams = Streams(base, channel.send, self._send, self._threads)

    def start(self, stream: int, head: Head, body: memoryview) -> None:
        """Begin an invocation; its result is sent on the same stream."""
        self._idle.clear()
        bound = self._bound.get(head["f"])
        if bound is None:
            self._send(stream, failure("LookupError", f"{head['f']} is not in this app"))
        elif self._streams is not None and HTTP_STREAMS in bound.needs:
            task = self._loop.create_task(self._streams.begin(bound, stream, head, body))
            self._tasks[stream] = task
            task.add_done_callback(partial(self._stream_ended, stream))
        elif bound.is_async:
            task = self._loop.create_task(self._run_async(bound, stream, head, body))
            self._tasks[stream] = task
        else:
            self._in_threads += 1
            self._threads.submit(self._run_sync, bound, stream, head, body)

    def cancel(self, stream: int) -> None:
        """Cancel a coroutine; a thread cannot be stopped, the host drops its late result."""
        if task := self._tasks.get(stream):
            task.cancel()

    def arrived(self, stream: int, head: Head, piece: bytes) -> None:
        """Hand on what came of a streamed request's body."""
        if self._streams is not None:
            self._streams.arrived(stream, head, piece)

    def granted(self, stream: int, size: int) -> None:
        """Hand on how much more of a streamed response the host takes."""
        if self._streams is not None:
            self._streams.granted(stream, size)

    async def drained(self) -> None:
        """Wait until nothing runs."""
        await self._idle.wait()

    async def _run_async(
        self, bound: BoundFunction, stream: int, head: Head, body: memoryview
    ) -> None:
        answer: Answer
        current_invocation.set(context := context_of(bound, head))
        try:
            arguments, outs = arguments_of(bound, head, body, context)
            answer = success(bound, await bound.callable(**arguments), outs)
        except asyncio.CancelledError:
            answer = failure("CancelledError", "the invocation was cancelled")
        except BaseException as fault:  # noqa: BLE001 - whatever the function raises is its outcome
            answer = failure_of(fault)
        del self._tasks[stream]
        self._send(stream, answer)

    def _run_sync(self, bound: BoundFunction, stream: int, head: Head, body: memoryview) -> None:
        answer = contextvars.Context().run(_call_sync, bound, head, body)
        self._answers.append((stream, answer))
        if not self._waking:
            self._waking = True
            self._loop.call_soon_threadsafe(self._send_answers)

    def _send_answers(self) -> None:
        self._waking = False
        while self._answers:
            stream, answer = self._answers.popleft()
            self._in_threads -= 1
            self._send(stream, answer)

    def _send(self, stream: int, answer: Answer) -> None:
        sys.stdout.flush()
        self._logs.flush()
        self._channel.send(Kind.RESULT, stream, *answer)
        self._rest()

    def _stream_ended(self, stream: int, task: asyncio.Task[None]) -> None:
        del task, self._tasks[stream]
        self._rest()

    def _rest(self) -> None:
        if not self._tasks and not self._in_threads:
            self._idle.set()


def _call_sync(bound: BoundFunction, head: Head, body: memoryview) -> Answer:
    current_invocation.set(context := context_of(bound, head))
    try:
        arguments, outs = arguments_of(bound, head, body, context)
        return success(bound, bound.callable(**arguments), outs)
    except BaseException as fault:  # noqa: BLE001 - whatever the function raises is its outcome
        return failure_of(fault)


def _thread_count() -> int | None:
    configured = os.environ.get("PYTHON_THREADPOOL_THREAD_COUNT", "")
    return max(1, min(int(configured), 32)) if configured.isdigit() else None
