"""Runs invocations: decodes inputs, calls the function, encodes what it gave.

Coroutine functions run on the worker's loop, the others in a thread pool whose size follows
PYTHON_THREADPOOL_THREAD_COUNT, as in the official worker.
https://learn.microsoft.com/azure/azure-functions/python-scale-performance-reference
"""

from __future__ import annotations

import asyncio
import concurrent.futures.thread
import contextvars
import os
import sys
import traceback
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import dropwhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...functions import bindings
from .channel import Kind, split
from .context import Context, RetryContext, TraceContext, current_invocation
from .values import Encoded, encode, metadata_to_datums, to_datum

if TYPE_CHECKING:
    from ...functions.loader import BoundFunction, LoadedApp, ParameterType
    from .channel import Channel, Head
    from .logs import BatchHandler

    Answer = tuple[Head, list[bytes]]

_PACKAGE_AND_POOL = (str(Path(__file__).resolve().parents[2]), concurrent.futures.thread.__file__)


class Out:
    """The ``Out`` a function sets; only the last value counts."""

    def __init__(self) -> None:
        self._value: Any = None

    def set(self, val: Any) -> None:  # noqa: ANN401 - any value of the user's
        """Keep the value to be written after the function ran."""
        self._value = val

    def get(self) -> Any:  # noqa: ANN401 - any value of the user's
        """Return the value set last, or None."""
        return self._value


class Invoker:
    """Runs the functions of one loaded app.

    A thread does the whole of a sync invocation and leaves its answer in a queue that the loop
    empties at once, so that many answers cost one wake-up.

    Args:
        app: The indexed and bound app.
        channel: Where results go.
        logs: Flushed before every result, so that a function's lines arrive before its outcome.
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

    def start(self, stream: int, head: Head, body: memoryview) -> None:
        """Begin an invocation; its result is sent on the same stream."""
        self._idle.clear()
        bound = self._bound.get(head["f"])
        if bound is None:
            self._send(stream, _failure("LookupError", f"{head['f']} is not in this app", ""))
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

    async def drained(self) -> None:
        """Wait until nothing runs."""
        await self._idle.wait()

    async def _run_async(
        self, bound: BoundFunction, stream: int, head: Head, body: memoryview
    ) -> None:
        answer: Answer
        current_invocation.set(context := _context(bound, head))
        try:
            arguments, outs = _arguments(bound, head, body, context)
            answer = _success(bound, await bound.callable(**arguments), outs)
        except asyncio.CancelledError:
            answer = _failure("CancelledError", "the invocation was cancelled", "")
        except BaseException as fault:  # noqa: BLE001 - whatever the function raises is its outcome
            answer = _failure(type(fault).__name__, str(fault), _users_traceback(fault))
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
        if not self._tasks and not self._in_threads:
            self._idle.set()


def _call_sync(bound: BoundFunction, head: Head, body: memoryview) -> Answer:
    current_invocation.set(context := _context(bound, head))
    try:
        arguments, outs = _arguments(bound, head, body, context)
        return _success(bound, bound.callable(**arguments), outs)
    except BaseException as fault:  # noqa: BLE001 - whatever the function raises is its outcome
        return _failure(type(fault).__name__, str(fault), _users_traceback(fault))


def _arguments(
    bound: BoundFunction, head: Head, body: memoryview, context: Context
) -> tuple[dict[str, Any], dict[str, Out]]:
    metadata = metadata_to_datums(head["meta"]) if "meta" in head else {}
    arguments: dict[str, Any] = dict.fromkeys(bound.input_types)
    for (name, kind, value_head), part in zip(head["in"], split(head, body), strict=True):
        expected = bound.input_types[name]
        arguments[name] = bindings.decode(
            expected.binding_type,
            to_datum(kind, part, value_head),
            trigger_metadata=(
                metadata if bindings.takes_trigger_metadata(expected.binding_type) else None
            ),
            pytype=expected.pytype,
        )
    if bound.requires_context:
        arguments["context"] = context
    outs = {name: Out() for name in bound.output_types}
    arguments.update(outs)
    return arguments, outs


def _success(bound: BoundFunction, result: Any, outs: dict[str, Out]) -> Answer:  # noqa: ANN401 - any value of the user's
    answer: Head = {"ok": True}
    bodies: list[bytes] = []
    for name, (entry, content) in _results(bound, result, outs).items():
        if name == "$return":
            answer["ret"] = [len(bodies), *entry]
        else:
            answer.setdefault("out", []).append([name, len(bodies), *entry])
        bodies.append(content)
    return answer, bodies


def _results(bound: BoundFunction, result: Any, outs: dict[str, Out]) -> dict[str, Encoded]:  # noqa: ANN401 - any value of the user's
    if result is not None and not bound.has_return:
        raise RuntimeError(
            f"function {bound.name!r} without a $return binding returned a non-None value"
        )
    values: dict[str, Encoded] = {}
    for name, out in outs.items():
        if (value := out.get()) is not None:
            _put(values, name, value, bound.output_types[name])
    if bound.return_type is not None and result is not None:
        _put(values, "$return", result, bound.return_type)
    return values


def _put(values: dict[str, Encoded], name: str, value: Any, expected: ParameterType) -> None:  # noqa: ANN401 - any value of the user's
    datum = bindings.encode(expected.binding_type, value, pytype=expected.pytype)
    if (encoded := encode(datum)) is not None:
        values[name] = encoded


def _context(bound: BoundFunction, head: Head) -> Context:
    retry = head.get("retry")
    return Context(
        function_name=bound.name,
        function_directory=bound.directory,
        invocation_id=head["id"],
        trace_context=TraceContext(head.get("trace", ""), head.get("state", ""), {}),
        retry_context=RetryContext(retry[0], retry[1]) if retry else None,
    )


def _failure(kind: str, message: str, trace: str) -> Answer:
    return {"ok": False, "error": [kind, message, trace]}, []


def _users_traceback(fault: BaseException) -> str:
    """Return the traceback without the frames that led from the worker to the function."""
    frames = traceback.extract_tb(fault.__traceback__)
    users = dropwhile(lambda frame: frame.filename.startswith(_PACKAGE_AND_POOL), frames)
    lines = traceback.format_list(list(users))
    lines += traceback.format_exception_only(type(fault), fault)
    return "Traceback (most recent call last):\n" + "".join(lines)


def _thread_count() -> int | None:
    configured = os.environ.get("PYTHON_THREADPOOL_THREAD_COUNT", "")
    return max(1, min(int(configured), 32)) if configured.isdigit() else None
