"""JSON sent to functions and workflows over HTTP: tried again where that may help.

https://learn.microsoft.com/azure/architecture/best-practices/transient-faults
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import aiohttp

from .faults import RETRIED, RefusedError, UpstreamError
from .tracing import HEADER as TRACE_HEADER
from .tracing import logger, trace_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

PAUSES: Final = (1.0, 2.0, 4.0)
"""Seconds before each further attempt."""

_SECONDS: Final = 30.0
_TOO_MANY: Final = 429
_REFUSED: Final = 300
_FAILED: Final = 500
_LOGGER = logger("sending")


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered.

    Attributes:
        status: Below 300.
        body: The JSON document, None where there is none.
    """

    status: int
    body: Any


class Sender:
    """Sends JSON.

    Args:
        session: What carries it.
        pause: Waits so many seconds.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._session = session
        self._pause = pause

    async def post(
        self, receiver: str, url: str, body: object, headers: Mapping[str, str] | None = None
    ) -> Told:
        """Send a document and return what is answered.

        A receiver that cannot be reached, has too much to do (429) or fails (5xx) is asked again
        after 1, 2 and 4 seconds, unless it says that it has tried again itself.

        Args:
            receiver: What it is called in messages, for its address may hold a key.
            url: Its address.
            body: The document.
            headers: What is shown to it.

        Raises:
            RefusedError: It refuses what was sent (3xx, 4xx).
            UpstreamError: It cannot be reached, or fails after every attempt.
        """
        content = json.dumps(body, separators=(",", ":")).encode()
        shown = {"Content-Type": "application/json", TRACE_HEADER: trace_id(), **(headers or {})}
        for pause in (*PAUSES, None):
            try:
                return await self._sent(receiver, url, content, shown)
            except RefusedError:
                raise
            except UpstreamError as fault:
                if pause is None or fault.was_retried:
                    raise UpstreamError(fault.message) from None
                _LOGGER.warning("%s; tried again in %s s", fault.message, pause)
            await self._pause(pause)
        raise AssertionError  # the last attempt returns or raises

    async def _sent(
        self, receiver: str, url: str, content: bytes, headers: Mapping[str, str]
    ) -> Told:
        try:
            async with self._session.post(
                url,
                data=content,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=_SECONDS),
            ) as answer:
                status, told = answer.status, await answer.read()
                was_retried = RETRIED in answer.headers
        except TimeoutError:
            raise _FailedAttemptError(
                f"{receiver} did not answer within {_SECONDS:.0f} s"
            ) from None
        except (aiohttp.ClientError, OSError):
            raise _FailedAttemptError(f"{receiver} cannot be reached") from None
        if status == _TOO_MANY or status >= _FAILED:
            failure = f"{receiver} answered {status}"
            raise UpstreamError(failure) if was_retried else _FailedAttemptError(failure)
        if status >= _REFUSED:
            raise RefusedError(f"{receiver} refused it with {status}", status)
        return Told(status, _document(told))


class _FailedAttemptError(UpstreamError):
    """An attempt that failed, and may be made again."""

    was_retried = False


def _document(content: bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(content) if content else None
    except ValueError:
        return None
