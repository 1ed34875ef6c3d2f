"""Calls of the platform's API, for the command line: one answer a call, every refusal an error.

Redirects are not followed: the caller's token must not be sent to another place.
"""

from __future__ import annotations

import http.client
import json
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from funcyard.loopback import on_loopback
from funcyard.workspace.api.errors import (
    WHERE,
    ApiAddressError,
    ApiTimeoutError,
    ApiTokenError,
    ApiUnreachableError,
    is_refusal,
    json_of,
    refusal,
)
from funcyard.workspace.http_address import is_address, is_word
from funcyard.workspace.scopes import GLOBAL, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from contextlib import AbstractContextManager
    from email.message import Message
    from http.client import HTTPResponse

SECONDS: Final = 60.0
"""How long an answer, or more of it, is waited for."""

_PIECE: Final = 1 << 16
_NOT_GOOD: Final = 300


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """An answer that is a good one.

    Attributes:
        headers: Of it.
        content: Its body.
    """

    headers: Message
    content: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        """Its body, read as JSON; None where it has none.

        Raises:
            ApiUnreachableError: It is no JSON.
        """
        return json_of(self.content)


@dataclass(frozen=True, slots=True)
class ApiStream:
    """A good answer while it is read.

    Attributes:
        answer: Of HTTP.
        told: Tells of what goes wrong meanwhile.
    """

    answer: HTTPResponse
    told: Callable[[], AbstractContextManager[None]]

    @property
    def status(self) -> int:
        """Of HTTP."""
        return self.answer.status

    @property
    def headers(self) -> Message:
        """Of the answer."""
        return self.answer.headers

    @property
    def length(self) -> int | None:
        """How many bytes it has; None where that is not told before."""
        return self.answer.length

    def pieces(self) -> Iterator[bytes]:
        """Yield its body as it comes.

        Raises:
            ApiTimeoutError: Nothing more comes.
            ApiUnreachableError: It breaks off.
        """
        missing = self.length
        while True:
            with self.told():
                piece = self.answer.read(_PIECE)
                if missing is not None:
                    missing -= len(piece)
                if not piece and missing:
                    raise http.client.IncompleteRead(b"", missing)
            if not piece:
                return
            yield piece


@dataclass(frozen=True, slots=True)
class ApiClient:
    """A platform's API.

    Attributes:
        url: Its address, ``/api`` included.
        token: Of the caller; empty where none is needed.
        scope: For which calls are.
        seconds: How long an answer is waited for.
    """

    url: str
    token: str = field(default="", repr=False)
    scope: Scope = GLOBAL
    seconds: float = SECONDS

    def __post_init__(self) -> None:
        """Check address and token.

        Raises:
            ApiAddressError: It is none, or would carry a token in the clear.
            ApiTokenError: The token can be none.
        """
        if not is_address(self.url):
            raise ApiAddressError(f"{self.url!a} is no address of an API", hint="https://HOST/api")
        if self.token and not on_loopback(self.url) and self.url.lower().startswith("http:"):
            raise ApiAddressError("a token is sent over https only", hint="https://HOST/api")
        if not is_word(self.token):
            raise ApiTokenError(
                "the caller's token holds characters that no token has",
                hint="paste it again, without spaces and line ends",
            )

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - JSON
        """Return the body of an answer, None where it has none.

        Raises:
            FuncyardError: As :meth:`opened`.
        """
        return self.ask(method, path, body, query=query).json

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        accepts: Collection[int] = (),
    ) -> ApiAnswer:
        """Return an answer, whole; arguments and errors are those of :meth:`opened`."""
        opened = self.opened(method, path, body, query=query, headers=headers, accepts=accepts)
        with opened as answer:
            content = b"".join(answer.pieces())
        if answer.status >= _NOT_GOOD and is_refusal(content):
            raise refusal(answer.status, answer.headers, content)
        return ApiAnswer(answer.headers, content)

    @contextmanager
    def opened(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        accepts: Collection[int] = (),
    ) -> Iterator[ApiStream]:
        """Yield an answer that is read in the block.

        Args:
            method: Of HTTP.
            path: Below the API's address, encoded.
            body: Bytes as they are, anything else as JSON; None for none.
            query: What stands behind the path; what is empty is left out.
            headers: Besides those that follow from the rest.
            accepts: Statuses besides the good ones whose answer is one, unless it is a refusal.

        Raises:
            ApiArgumentsError: What was given cannot be meant.
            ApiRefusedError: The platform refuses.
            ApiTimeoutError: It has not answered in time.
            ApiUnreachableError: It does not answer, or breaks off.
        """
        request = self._request(method, path, body, query or {}, headers or {})
        proxies = [urllib.request.ProxyHandler({})] if on_loopback(self.url) else []
        opener = urllib.request.build_opener(_AsItIs, *proxies)
        with self._told():
            answer = opener.open(request, timeout=self.seconds)
        with answer:
            stream = ApiStream(answer, self._told)
            if stream.status >= _NOT_GOOD and stream.status not in accepts:
                raise refusal(stream.status, stream.headers, b"".join(stream.pieces()))
            yield stream

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell of what goes wrong on the way as the errors of this room."""
        try:
            yield
        except (OSError, UnicodeError) as fault:
            raise self._silence(fault) from None
        except http.client.HTTPException:
            raise ApiUnreachableError(
                f"what answers at {self.url} does not speak HTTP, or broke off", hint=WHERE
            ) from None

    def _request(
        self,
        method: str,
        path: str,
        body: object,
        query: Mapping[str, str],
        more: Mapping[str, str],
    ) -> urllib.request.Request:
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.scope.organisation is not None:
            headers["X-Organization-Id"] = self.scope.organisation
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if data is not None:
            raw = isinstance(body, bytes)
            headers["Content-Type"] = "application/octet-stream" if raw else "application/json"
        address = f"{self.url.rstrip('/')}{path}"
        if given := {name: value for name, value in query.items() if value}:
            address += f"?{urlencode(given)}"
        return urllib.request.Request(address, data, {**headers, **more}, method=method)  # noqa: S310 - checked

    def _silence(self, fault: OSError | UnicodeError) -> ApiUnreachableError:
        reason = getattr(fault, "reason", fault)
        if isinstance(reason, TimeoutError):
            return ApiTimeoutError(
                f"the platform at {self.url} has not answered within {self.seconds:g} seconds",
                hint="what it was asked for may go on there",
            )
        return ApiUnreachableError(
            f"the platform at {self.url} does not answer: {reason}",
            hint="start it with funcyard workspace up, or name it with --url",
        )


class _AsItIs(urllib.request.HTTPErrorProcessor):
    """Takes a redirect and an error for an answer."""

    def http_response(
        self, request: urllib.request.Request, response: HTTPResponse
    ) -> HTTPResponse:
        del request
        return response

    https_response = http_response
