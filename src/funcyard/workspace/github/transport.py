"""A request to GitHub's API and its answer: sent again where that is safe, refused by class.

The token goes in a header to the address that is asked for; no redirect is followed. Messages never
hold it.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Self

import aiohttp

from funcyard import __version__
from funcyard.workspace.github.errors import (
    GitHubError,
    GitHubForbiddenError,
    GitHubInvalidError,
    GitHubMovedError,
    GitHubNotFoundError,
    GitHubRateLimitedError,
    GitHubUnauthorizedError,
    GitHubUnreachableError,
)
from funcyard.workspace.github.limits import wait_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yarl import URL

    from funcyard.workspace.git.token import Token

API_VERSION: Final = "2026-03-10"
_TRIES: Final = 3
_PAUSE_SECONDS: Final = 0.2
_LONGEST_BODY: Final = 8 << 20
_SERVER_ERROR: Final = 500
_MOVED: Final = range(300, 400)
_LONGEST_QUOTE: Final = 300
_REFUSALS: Final[dict[int, tuple[type[GitHubError], str]]] = {
    HTTPStatus.UNAUTHORIZED: (
        GitHubUnauthorizedError,
        "give a token that is valid and has not expired",
    ),
    HTTPStatus.FORBIDDEN: (
        GitHubForbiddenError,
        "give a token that may read contents, and read and write webhooks",
    ),
    HTTPStatus.NOT_FOUND: (
        GitHubNotFoundError,
        "compare the address, and what the token was made for",
    ),
    HTTPStatus.GONE: (GitHubNotFoundError, "compare the address"),
    HTTPStatus.UNPROCESSABLE_ENTITY: (GitHubInvalidError, "compare the address it delivers to"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What GitHub answered.

    Attributes:
        headers: Of any case.
        body: Read as JSON; None where there is none.
    """

    headers: Mapping[str, str]
    body: Any


class Transport:
    """Sends requests; ``async with`` it.

    Args:
        proxy: Address of an HTTP proxy.
        patience: How many seconds of a rate limit are waited for; a longer one is an error.
        timeout: Of a request, in seconds.
    """

    def __init__(self, *, proxy: str | None, patience: float, timeout: float) -> None:
        self._proxy = proxy
        self._patience = patience
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={
                "Accept": "application/vnd.github+json",
                "User-Agent": f"funcyard/{__version__}",
                "X-GitHub-Api-Version": API_VERSION,
            },
        )
        return self

    async def __aexit__(self, *fault: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def call(self, method: str, place: URL, token: Token, body: object = None) -> Answer:
        """Send a request until it is answered; what may have made something is not sent twice.

        Raises:
            GitHubError: The answer is a refusal, or there is none.
        """
        for left in reversed(range(_TRIES)):
            try:
                return await self._once(method, place, token, body)
            except GitHubRateLimitedError as fault:
                if not left or fault.seconds > self._patience:
                    raise
                pause = fault.seconds
            except GitHubUnreachableError:
                if not left or method == "POST":
                    raise
                pause = _PAUSE_SECONDS * (_TRIES - left)
            await asyncio.sleep(pause)
        raise AssertionError("the last try returns or raises")

    async def _once(self, method: str, place: URL, token: Token, body: object) -> Answer:
        if self._session is None:
            raise RuntimeError("the transport is not open")
        try:
            async with self._session.request(
                method,
                place,
                json=body,
                headers={"Authorization": token.bearer},
                allow_redirects=False,
                proxy=self._proxy,
            ) as answer:
                content = b""
                async for piece in answer.content.iter_any():
                    content += piece
                    if len(content) > _LONGEST_BODY:
                        raise unreadable(place)
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            why = token.redacted(str(fault)) or type(fault).__name__
            raise GitHubUnreachableError(f"{_named(place)} cannot be reached: {why}") from None
        try:
            read = json.loads(content) if content.strip() else None
        except ValueError:
            read = None
        if not answer.ok or answer.status in _MOVED:
            raise _refusal(answer.status, answer.headers, read, place, token)
        return Answer(answer.headers, read)


def unreadable(place: URL) -> GitHubUnreachableError:
    """Return the error of an answer that is not what was asked for."""
    return GitHubUnreachableError(f"{_named(place)} answered what cannot be read")


def _refusal(
    status: int, headers: Mapping[str, str], body: object, place: URL, token: Token
) -> GitHubError:
    message = body.get("message") if isinstance(body, dict) else None
    quoted = message[:_LONGEST_QUOTE] if isinstance(message, str) else f"status {status}"
    said = "".join(one if one.isprintable() else "?" for one in token.redacted(quoted))
    told = f"{_named(place)}: {said}"
    wait = wait_seconds(status, headers, time.time(), said=said)
    if wait is not None:
        return GitHubRateLimitedError(told, seconds=wait)
    if status in _MOVED:
        return GitHubMovedError(told, hint="connect the repository by its new address")
    if status >= _SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return GitHubUnreachableError(told)
    kind, hint = _REFUSALS.get(status, (GitHubError, None))
    return kind(told, hint=hint)


def _named(place: URL) -> str:
    return str(place.with_query(None))
