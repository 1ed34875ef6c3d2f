"""The invocations that one worker has not answered: sent, streamed, answered, expired or lost.

Each is a stream of the worker's channel, from its INVOKE to its RESULT; where the request or the
response is streamed, BODY and CREDIT pass in between.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from funcyard.host.invocation import Failed, Outcome, Value, WorkerLost, new_invocation_id
from funcyard.host.worker.channel import Kind, split

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from funcyard.host.exchange import Exchange
    from funcyard.host.invocation import Retry, ValueType
    from funcyard.host.worker.channel import Head

_STREAMS = 2**31


@dataclass(slots=True)
class _Running:
    """An invocation that the worker has not answered."""

    function: str
    identity: str
    began: float
    answer: asyncio.Future[Outcome]
    exchange: Exchange | None


class InFlight:
    """What one worker is asked and has not answered.

    Args:
        app: The app's name.
        send: Sends a message on the worker's channel.

    Attributes:
        overdue: Whether one has expired: what it does goes on in the worker, and is not waited for.
        streamed_at: When a piece of a streamed request or response last came, as
            ``time.perf_counter`` tells it.
    """

    def __init__(self, app: str, send: Callable[..., None]) -> None:
        self.overdue = False
        self.streamed_at = 0.0
        self._app = app
        self._send = send
        self._running: dict[int, _Running] = {}
        self._stream = 0

    def __len__(self) -> int:
        return len(self._running)

    async def run(
        self,
        function: str,
        inputs: Mapping[str, Value],
        metadata: Mapping[str, Any],
        retry: Retry | None,
        trace: tuple[str, str],
        exchange: Exchange | None,
    ) -> Outcome:
        """Send an invocation and return its outcome; cancelling the call cancels it.

        Raises:
            WorkerLost: The worker ended before it answered.
        """
        self._stream = stream = self._stream % _STREAMS + 1
        identity = new_invocation_id()
        head: Head = {"f": function, "id": identity}
        head["in"] = [[name, value.type, value.head] for name, value in inputs.items()]
        if metadata:
            head["meta"] = metadata
        if retry is not None:
            head["retry"] = [retry.count, retry.limit]
        if trace[0]:
            head["trace"], head["state"] = trace
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._running[stream] = _Running(function, identity, time.perf_counter(), answer, exchange)
        self._send(Kind.INVOKE, stream, head, [value.body for value in inputs.values()])
        if exchange is not None:
            exchange.opened(lambda kind, head, pieces: self._send(kind, stream, head, pieces))
        try:
            return await answer
        except asyncio.CancelledError:
            self._send(Kind.CANCEL, stream, {})
            raise
        finally:
            del self._running[stream]

    def expire(self, limit: float) -> bool:
        """Give up the invocations that run longer than ``limit`` seconds; tell if there were any.

        Their outcome is a failure; what they still do is not waited for. One call now and then for
        all of them costs a request nothing, a timer for each does.
        """
        now = time.perf_counter()
        expired = [
            (stream, running)
            for stream, running in self._running.items()
            if now - running.began > limit and not running.answer.done()
        ]
        for stream, running in expired:
            message = f"{running.function} ran longer than functionTimeout: {limit:g} seconds"
            running.answer.set_result(
                Outcome(
                    running.identity,
                    failed=Failed("FunctionTimeoutException", message),
                    seconds=now - running.began,
                )
            )
            self._send(Kind.CANCEL, stream, {})
        self.overdue |= bool(expired)
        return bool(expired)

    def answered(self, stream: int, head: Head, body: memoryview) -> None:
        """Take a worker's RESULT."""
        running = self._running.get(stream)
        if running is not None and not running.answer.done():
            if running.exchange is not None and "response" in head:
                running.exchange.arrived(head["response"], bytes(split(head, body)[-1]))
            running.answer.set_result(_outcome(running, head, body))

    def streamed(self, kind: Kind, stream: int, head: Head, body: memoryview) -> None:
        """Take a BODY or a CREDIT of a streamed invocation."""
        self.streamed_at = time.perf_counter()
        running = self._running.get(stream)
        if running is None or running.exchange is None or running.answer.done():
            return
        if kind is Kind.BODY:
            running.exchange.arrived(head, bytes(body))
        else:
            running.exchange.granted(head["n"])

    def lose(self) -> None:
        """Answer all of them: the worker is gone."""
        for running in self._running.values():
            if not running.answer.done():
                seconds = time.perf_counter() - running.began
                running.answer.set_exception(WorkerLost(self._app, running.identity, seconds))


def _outcome(running: _Running, head: Head, body: memoryview) -> Outcome:
    seconds = time.perf_counter() - running.began
    if not head["ok"]:
        return Outcome(running.identity, failed=Failed(*head["error"]), seconds=seconds)
    parts = split(head, body)
    returned: Value | None = None
    if "ret" in head:
        index, kind, value_head = head["ret"]
        returned = Value(kind, bytes(parts[index]), value_head)
    outputs = {
        name: Value(_type(kind), bytes(parts[index]), value_head)
        for name, index, kind, value_head in head.get("out", ())
    }
    return Outcome(running.identity, returned, outputs, seconds=seconds)


def _type(kind: str) -> ValueType:
    return kind  # type: ignore[return-value]  # the worker sends only these
