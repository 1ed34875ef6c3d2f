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
from concurrent.futures import ThreadPoolExecutor
from itertools import dropwhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...functions import bindings
from .channel import Channel, Kind, split
from .context import Context, RetryContext, TraceContext, current_invocation
from .values import Encoded, encode, metadata_to_datums, to_datum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...functions.loader import BoundFunction, LoadedApp
    from .channel import Head
    from .logs import BatchHandler

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

    Args:
        app: The indexed and bound app.
        channel: Where results go.
        logs: Flushed before every result, so that a function's lines arrive before its outcome.
    """

    def __init__(self, app: LoadedApp, channel: Channel, logs: BatchHandler) -> None:
        self._bound = app.bound
        self._channel = channel
        self._logs = logs
        self._running: dict[int, asyncio.Task[None]] = {}
        self._threads = ThreadPoolExecutor(_thread_count(), thread_name_prefix="function")
        self._loop = asyncio.get_running_loop()

    @property
    def busy(self) -> bool:
        """Whether any invocation is under way."""
        return bool(self._running)

    def start(self, stream: int, head: Head, body: memoryview) -> None:
        """Begin an invocation; its result is sent on the same stream."""
        task = self._loop.create_task(self._run(stream, head, body))
        self._running[stream] = task
        task.add_done_callback(lambda _: self._running.pop(stream, None))

    def cancel(self, stream: int) -> None:
        """Cancel an invocation; a thread cannot be stopped, its result is dropped by the host."""
        if task := self._running.get(stream):
            task.cancel()

    async def drained(self) -> None:
        """Wait until nothing runs."""
        while self._running:
            await asyncio.wait(list(self._running.values()))

    async def _run(self, stream: int, head: Head, body: memoryview) -> None:
        answer: Head
        bodies: list[bytes] = []
        try:
            values = await self._invoke(head, split(head, body))
            answer = {"ok": True}
            for name, value in values.items():
                if value is not None:
                    entry, content = value
                    if name == "$return":
                        answer["ret"] = [len(bodies), *entry]
                    else:
                        answer.setdefault("out", []).append([name, len(bodies), *entry])
                    bodies.append(content)
        except asyncio.CancelledError:
            answer = _failure("CancelledError", "the invocation was cancelled", "")
        except BaseException as fault:  # noqa: BLE001 - whatever the function raises is its outcome
            answer = _failure(type(fault).__name__, str(fault), _users_traceback(fault))
        sys.stdout.flush()
        self._logs.flush()
        self._channel.send(Kind.RESULT, stream, answer, bodies)

    async def _invoke(self, head: Head, parts: list[memoryview]) -> Mapping[str, Encoded | None]:
        bound = self._bound[head["f"]]
        context = _context(bound, head)
        token = current_invocation.set(context)
        try:
            arguments = _arguments(bound, head, parts)
            if bound.requires_context:
                arguments["context"] = context
            outs = {name: Out() for name in bound.output_types}
            arguments.update(outs)
            if bound.is_async:
                result = await bound.callable(**arguments)
            else:
                run = contextvars.copy_context().run
                result = await self._loop.run_in_executor(
                    self._threads, lambda: run(bound.callable, **arguments)
                )
        finally:
            current_invocation.reset(token)
        return _results(bound, result, outs)


def _arguments(bound: BoundFunction, head: Head, parts: list[memoryview]) -> dict[str, Any]:
    metadata = metadata_to_datums(head.get("meta", {}))
    arguments: dict[str, Any] = dict.fromkeys(bound.input_types)
    for (name, kind, value_head), body in zip(head["in"], parts, strict=True):
        expected = bound.input_types[name]
        arguments[name] = bindings.decode(
            expected.binding_type,
            to_datum(kind, body, value_head),
            trigger_metadata=(
                metadata if bindings.takes_trigger_metadata(expected.binding_type) else None
            ),
            pytype=expected.pytype,
        )
    return arguments


def _results(bound: BoundFunction, result: Any, outs: dict[str, Out]) -> dict[str, Encoded | None]:  # noqa: ANN401 - any value of the user's
    if result is not None and not bound.has_return:
        raise RuntimeError(
            f"function {bound.name!r} without a $return binding returned a non-None value"
        )
    values: dict[str, Encoded | None] = {}
    for name, out in outs.items():
        if (value := out.get()) is not None:
            expected = bound.output_types[name]
            values[name] = encode(
                bindings.encode(expected.binding_type, value, pytype=expected.pytype)
            )
    if bound.return_type is not None and result is not None:
        values["$return"] = encode(
            bindings.encode(bound.return_type.binding_type, result, pytype=bound.return_type.pytype)
        )
    return values


def _context(bound: BoundFunction, head: Head) -> Context:
    retry = head.get("retry")
    return Context(
        function_name=bound.name,
        function_directory=bound.directory,
        invocation_id=head["id"],
        trace_context=TraceContext(head.get("trace", ""), head.get("state", ""), {}),
        retry_context=RetryContext(retry[0], retry[1]) if retry else None,
    )


def _failure(kind: str, message: str, trace: str) -> Head:
    return {"ok": False, "error": [kind, message, trace]}


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
