"""From a request to a call of a service, and from what comes back to a response.

A function of the app is written for a :class:`Call`; :func:`answered` makes of it what the
Functions host calls: it tells who calls, for which organisation, and whether they may, and it turns
every error into ``{error, message, details}``.
"""

from __future__ import annotations

import json
import logging
import uuid
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast
from urllib.parse import unquote_to_bytes

from pydantic import BaseModel

from bodies import json_body, parsed
from composition import Platform, platform
from funcyard.access.granting import Grant, Permission, require
from funcyard.access.request import Asking
from funcyard.errors import FuncyardError
from funcyard.workspace.scopes import Scope
from queries import Query
from refusals import document_of, status_of
from request_errors import BadRequestError
from web import JSONResponse, Request, Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    Handler = Callable[[Request], Awaitable[Response]]

_log = logging.getLogger("funcyard.platform")
_ORGANISATION: Final = "x-organization-id"
ANYONE: Final = "anyone"
"""What a function says in place of a permission whom anybody may call."""

_RETRY_SECONDS: Final = "5"
_Body = TypeVar("_Body", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose caller may make it.

    Attributes:
        request: As it came.
        platform: The services.
        grant: Who calls, and for which organisation.
        query: The parameters of the query.
    """

    request: Request
    platform: Platform
    grant: Grant
    query: Query

    @property
    def scope(self) -> Scope:
        """The scope that the call is for."""
        return Scope(self.grant.scope)

    @property
    def by(self) -> str:
        """Who calls, for the record."""
        return self.grant.principal.name

    def path(self, name: str) -> str:
        """Return a part of the route; empty where there is none."""
        return str(self.request.path_params.get(name) or "")

    def place(self, name: str) -> str:
        """Return the part of the route that is a path of the workspace, as it was asked for.

        A host takes an address that ends in a slash for the one without it; a path is not mended.
        """
        path = self.path(name)
        ends_in_slash = self.request.scope["raw_path"].endswith(b"/")
        return f"{path}/" if path and ends_in_slash and not path.endswith("/") else path

    async def given(self, kind: type[_Body]) -> _Body:
        """Return the body, read as JSON.

        Raises:
            BadRequestError: It is no JSON, or not of that kind.
            TooLargeError: It is too large.
            UnsupportedBodyError: It says that it is something else.
        """
        return parsed(kind, await json_body(self.request))


def _check_address(request: Request) -> None:
    """Check that the address is text: else what is no character would become one that is.

    Raises:
        BadRequestError: It is none.
    """
    try:
        unquote_to_bytes(request.scope["raw_path"]).decode()
    except UnicodeDecodeError:
        raise BadRequestError("the address holds bytes that are no UTF-8") from None


def asking_of(request: Request) -> Asking:
    """Return what authentication looks at."""
    return Asking.of(request.headers.items(), request.client.host if request.client else "")


def answered(
    permission: Permission, *, query: Collection[str] | None = ()
) -> Callable[[Callable[[Call], Awaitable[Response]]], Handler]:
    """Make a function of the app: for callers who may do that.

    What it asks for is its ``permission``, and ``query`` the names of its parameters there, None
    for any: every function of the app that is called over HTTP says so, or says that it asks for
    nothing.
    """

    async def called(request: Request) -> Call:
        _check_address(request)
        services = await platform()
        principal = await services.authentication.principal(asking_of(request))
        headers = request.headers.getlist(_ORGANISATION)
        asked = ",".join(headers) if headers else None
        grant = await services.directory.grant(principal, asked)
        require(grant, permission)
        return Call(request, services, grant, Query.of(request, query))

    def decorate(
        function: Callable[[Call], Awaitable[Response]],
    ) -> Handler:
        async def handler(req: Request) -> Response:
            async def work() -> Response:
                return await function(await called(req))

            return await _guarded(work)

        return _described(_named(handler, function), permission.value, query)

    return decorate


def answered_unasked(
    *, query: Collection[str] | None
) -> Callable[[Callable[[Request, Platform, Query], Awaitable[Response]]], Handler]:
    """Make a function of the app that anybody may call: it tells itself who may.

    ``query`` is that of :func:`answered`.
    """

    def decorate(
        function: Callable[[Request, Platform, Query], Awaitable[Response]],
    ) -> Handler:
        async def handler(req: Request) -> Response:
            async def work() -> Response:
                return await function(req, await platform(), Query.of(req, query))

            return await _guarded(work)

        return _described(_named(handler, function), ANYONE, query)

    return decorate


def open_to_all(handler: Handler) -> Handler:
    """Say of a function of the app that anybody may call it, and that it looks at no query."""
    return _described(handler, ANYONE, None)


def answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a response of JSON."""
    return _Json(body, status, {"Cache-Control": "no-store", **(headers or {})})


class _Json(JSONResponse):  # type: ignore[misc]  # the extension does not type it
    """JSON that can always be sent: what is no character is shown as a question mark."""

    def render(self, content: object) -> bytes:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode(errors="replace")


async def _guarded(work: Callable[[], Awaitable[Response]]) -> Response:
    try:
        return await work()
    except FuncyardError as fault:
        return refused(fault)
    except Exception:  # noqa: BLE001 - the last resort: whoever calls learns an id and nothing of our insides
        identity = uuid.uuid4().hex
        _log.exception("internal error %s", identity)
        message = "something went wrong here; the id finds it in the log"
        body = {"error": "InternalError", "message": message, "details": {"id": identity}}
        return answer(body, 500)


def refused(fault: FuncyardError) -> Response:
    """Return the response to an error."""
    status, name = status_of(fault)
    body = document_of(fault, name)
    headers = {}
    if etag := body["details"].get("etag"):
        headers["ETag"] = etag
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    elif status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = _RETRY_SECONDS
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning("%s: %s", name, fault.message)
    return answer(body, status, headers)


def _described(handler: Any, permission: str, query: Collection[str] | None) -> Handler:  # noqa: ANN401 - a function
    """Say of a function of the app what it asks for."""
    handler.permission = permission
    handler.query = None if query is None else tuple(query)
    return cast("Handler", handler)


def _named(handler: Any, function: Any) -> Any:  # noqa: ANN401 - functions
    handler.__name__ = handler.__qualname__ = function.__name__
    handler.__module__ = function.__module__
    handler.__doc__ = function.__doc__
    return handler
