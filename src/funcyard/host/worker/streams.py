"""Invocations with a streamed request and response, of an app that uses a web extension (HTTP v2).

The extension's web application calls the function in the midst of answering the request, so the
result is sent when the whole response was handed on, or when it never will be. What the application
does afterwards, a background task of the response, is no part of the invocation, as in Azure.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import traceback
from functools import partial
from itertools import dropwhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...functions.failure import is_users
from .channel import split
from .context import current_invocation
from .conversion import arguments_of, context_of, failure, failure_of, success
from .web import Exchange, WebApplication

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from concurrent.futures import ThreadPoolExecutor

    from ...functions.loader import BoundFunction
    from .channel import Head, Kind
    from .conversion import Answer
    from .web import Whole

_log = logging.getLogger("funcyard.http")


class Streams:
    """The streamed invocations of one app.

    Args:
        base: The app's ``azurefunctions.extensions.base``.
        send: Sends a message on the channel.
        answer: Sends an invocation's result.
        threads: Where functions run that are no coroutines.

    Raises:
        HttpServerInitError: The app's web extension cannot be started.
    """

    def __init__(
        self,
        base: Any,  # noqa: ANN401 - a module of the app's own library
        send: Callable[[Kind, int, Head, Sequence[bytes]], None],
        answer: Callable[[int, Answer], None],
        threads: ThreadPoolExecutor,
    ) -> None:
        self._web = WebApplication(base)
        self._send = send
        self._answer = answer
        self._threads = threads
        self._exchanges: dict[int, Exchange] = {}

    def begin(
        self, bound: BoundFunction, stream: int, head: Head, body: memoryview
    ) -> Coroutine[Any, Any, None]:
        """Take note of an invocation, so that what follows finds it, and return what runs it."""
        run = _Run(bound, head, body, self._threads)
        request, begin = next(
            (value_head, part)
            for (name, _, value_head), part in zip(head["in"], split(head, body), strict=True)
            if name == bound.trigger_name
        )
        exchange = self._exchanges[stream] = Exchange(
            request,
            bytes(begin),
            identity=head["id"],
            respond=run.respond,
            post=lambda kind, head, pieces: self._send(kind, stream, head, pieces),
            completed=lambda whole: self._answer(
                stream, _with(whole, run.answer or _unasked(exchange))
            ),
        )
        return self._carry(run, stream, exchange)

    def arrived(self, stream: int, head: Head, piece: bytes) -> None:
        """Hand on a message about a request's body; one of a finished invocation is dropped."""
        if exchange := self._exchanges.get(stream):
            exchange.arrived(head, piece)

    def granted(self, stream: int, size: int) -> None:
        """Hand on that the host has room for more of a response."""
        if exchange := self._exchanges.get(stream):
            exchange.granted(size)

    async def _carry(self, run: _Run, stream: int, exchange: Exchange) -> None:
        current_invocation.set(run.context)
        ended: Answer | None = None
        try:
            await self._web.answer(exchange)
        except asyncio.CancelledError:
            ended = failure("CancelledError", "the invocation was cancelled")
        except BaseException as fault:  # noqa: BLE001 - whatever the app raises is its outcome
            if exchange.complete and run.succeeded:
                _log.exception("after the response")
            ended = failure_of(fault, _traceback_from_users_code(fault))
        finally:
            del self._exchanges[stream]
        if exchange.complete:
            return
        await run.close()
        if run.answer is not None and not run.succeeded:
            ended = run.answer
        elif exchange.gone:
            ended = failure("ClientDisconnect", "the client left before the response was complete")
        self._answer(stream, ended or failure("RuntimeError", "the response was never completed"))


class _Run:
    """One call of a function."""

    def __init__(
        self, bound: BoundFunction, head: Head, body: memoryview, threads: ThreadPoolExecutor
    ) -> None:
        self.context = context_of(bound, head)
        self.answer: Answer | None = None
        self._bound = bound
        self._message = (head, body)
        self._threads = threads
        self._response: Any = None

    @property
    def succeeded(self) -> bool:
        """Whether the function returned a response."""
        return self.answer is not None and bool(self.answer[0]["ok"])

    async def respond(self, request: Any) -> Any:  # noqa: ANN401 - the framework's own types
        """Call the function and return its response; what it raises goes on to the framework."""
        bound = self._bound
        try:
            arguments, outs = arguments_of(
                bound, *self._message, self.context, streamed=bound.trigger_name
            )
            arguments[bound.trigger_name] = request
            self._response = await self._call(arguments)
            self.answer = success(bound, None, outs)
        except Exception as fault:
            self.answer = failure_of(fault)
            raise
        return self._response

    async def close(self) -> None:
        """Close the generator of a response that was not read to its end, so that it cleans up."""
        close = getattr(getattr(self._response, "body_iterator", None), "aclose", None)
        if close is not None:
            try:
                await close()
            except Exception:  # noqa: BLE001 - the generator's own clean-up may raise anything
                _log.exception("while the response was closed")

    async def _call(self, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - any value of the user's
        bound = self._bound
        if bound.is_async:
            response = await bound.callable(**arguments)
        else:
            call = partial(contextvars.copy_context().run, bound.callable, **arguments)
            response = await asyncio.get_running_loop().run_in_executor(self._threads, call)
        if response is None:
            raise ValueError(f"No http response found for invocation {self.context.invocation_id}")
        return response


def _with(whole: Whole | None, answer: Answer) -> Answer:
    """Let a small response go with the invocation's result."""
    if whole is None:
        return answer
    head, bodies = answer
    return {**head, "response": whole[0]}, [*bodies, whole[1]]


def _unasked(exchange: Exchange) -> Answer:
    """Return the outcome of a request that the web application answered without the function."""
    method, path = exchange.scope["method"], exchange.scope["path"]
    return failure(
        "LookupError",
        f"the web extension answered {method} {path} itself; the function did not run",
    )


def _traceback_from_users_code(fault: BaseException) -> str:
    """Return the traceback from the first frame of the app on, all of it where there is none."""
    here = Path.cwd()
    frames = traceback.extract_tb(fault.__traceback__)
    users = list(dropwhile(lambda frame: not is_users(frame.filename, here), frames))
    lines = traceback.format_list(users or list(frames))
    lines += traceback.format_exception_only(type(fault), fault)
    return "Traceback (most recent call last):\n" + "".join(lines)
