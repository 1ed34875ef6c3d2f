"""From a request to a call of a service, and from what comes back to a response.

A function of the app is written for a :class:`Call`; :func:`answered` makes of it what the
Functions host calls: it tells who calls, for which organisation, and whether they may, and it turns
every error into ``{error, message, details}``.
"""

from __future__ import annotations

import json
import logging
import re
import uuid
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast
from urllib.parse import unquote_to_bytes

from pydantic import BaseModel, ConfigDict, ValidationError

from composition import Platform, platform
from funcyard.access.granting import Grant, Permission, require
from funcyard.access.request import Asking
from funcyard.errors import FuncyardError, UsageError
from funcyard.workspace.scopes import Scope
from refusals import document_of, status_of
from web import JSONResponse, Request, Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[Request], Awaitable[Response]]

_log = logging.getLogger("funcyard.platform")
_ORGANISATION: Final = "x-organization-id"
ID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Of an execution or a sync."""

_NUMBER: Final = re.compile("[0-9]{1,15}")
_JSON_BYTES: Final = 8 << 20
ANYONE: Final = "anyone"
"""What a function says in place of a permission whom anybody may call."""

_RETRY_SECONDS: Final = "5"
_Body = TypeVar("_Body", bound=BaseModel)


class BadRequestError(UsageError):
    """The request cannot be meant.

    Attributes:
        faults: What is wrong, by where it is.
    """

    code = "bad-request"

    def __init__(self, message: str, *, faults: list[dict[str, str]] | None = None) -> None:
        super().__init__(message)
        self.faults = faults or []


class TooLargeError(FuncyardError):
    """The body is larger than it may be."""

    code = "body-too-large"


class UnsupportedBodyError(FuncyardError):
    """The body is not of a kind that is understood."""

    code = "body-unsupported"


class Given(BaseModel):
    """A body of JSON: what is not known in it is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose caller may make it.

    Attributes:
        request: As it came.
        platform: The services.
        grant: Who calls, and for which organisation.
    """

    request: Request
    platform: Platform
    grant: Grant

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

    def query(self, name: str, *, longest: int | None = None, empty: bool = False) -> str:
        """Return a parameter of the query; the empty text where it is not there.

        Args:
            name: The parameter's.
            longest: How many characters it may have; None for any number.
            empty: Whether it may be there and hold nothing. Else that is refused: a caller whose
                variable was not set does not mean what is meant without it.

        Raises:
            BadRequestError: It is there twice, too long, or holds nothing and may not.
        """
        found = one_of(self.request, name)
        if not found and not empty and name in self.request.query_params:
            raise BadRequestError(f"{name} is empty: leave it out where nothing is meant")
        if longest is not None and len(found) > longest:
            raise BadRequestError(f"{name} has more than {longest} characters")
        return found

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a parameter of the query that is ``true`` or ``false``.

        Raises:
            BadRequestError: It is neither.
        """
        found = self.query(name)
        if found not in ("", "true", "false"):
            raise BadRequestError(f"{name} is true or false")
        return found == "true" if found else default

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Return a parameter of the query that is a whole number.

        Raises:
            BadRequestError: It is none, or not within the bounds.
        """
        found = self.query(name)
        if not found:
            return default
        if not _NUMBER.fullmatch(found) or not least <= int(found) <= most:
            raise BadRequestError(f"{name} is a whole number from {least} to {most}")
        return int(found)

    def continuation(self) -> str:
        """Return where the next page of a list begins: an id; the empty text for the first.

        Raises:
            BadRequestError: It is no id.
        """
        found = self.query("continuation")
        if found and not ID.fullmatch(found):
            raise BadRequestError("continuation is what the page before told")
        return found

    async def given(self, kind: type[_Body]) -> _Body:
        """Return the body, read as JSON.

        Raises:
            BadRequestError: It is no JSON, or not of that kind.
            TooLargeError: It is too large.
            UnsupportedBodyError: It says that it is something else.
        """
        return parsed(kind, await json_body(self.request))


def one_of(request: Request, name: str) -> str:
    """Return a parameter of a query; the empty text where it is not there.

    Raises:
        BadRequestError: It is there twice.
    """
    found = request.query_params.getlist(name)
    if len(found) > 1:
        raise BadRequestError(f"{name} is given more than once")
    return str(found[0]) if found else ""


async def body_of(
    request: Request, most: int, too_large: type[FuncyardError] = TooLargeError
) -> bytes:
    """Return the body as it came.

    Raises:
        TooLargeError: It is larger than ``most`` bytes, or what was given for that class.
    """
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise too_large(f"the body is larger than {most} bytes")
    return bytes(body)


async def json_body(
    request: Request, most: int = _JSON_BYTES, too_large: type[FuncyardError] = TooLargeError
) -> Any:  # noqa: ANN401 - JSON
    """Return the body, read as JSON; an empty one is an empty object.

    Raises:
        BadRequestError: It is none.
        TooLargeError: It is too large.
        UnsupportedBodyError: It says that it is something else.
    """
    raw = await body_of(request, most, too_large)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if raw and kind != "application/json":
        raise UnsupportedBodyError("the body must be application/json")
    try:
        return json.loads(raw, parse_constant=_refuse) if raw else {}
    except (ValueError, RecursionError):
        raise BadRequestError("the body is no JSON") from None


def parsed(kind: type[_Body], found: Any) -> _Body:  # noqa: ANN401 - JSON
    """Return what a body says.

    Raises:
        BadRequestError: It does not say what it must, or more.
    """
    try:
        return kind.model_validate_json(json.dumps(found))
    except ValidationError as fault:
        faults = [
            {"name": ".".join(map(str, one["loc"])), "message": one["msg"]}
            for one in fault.errors(include_input=False, include_url=False, include_context=False)
        ]
        told = "; ".join(f"{one['name'] or 'body'}: {one['message']}" for one in faults)
        raise BadRequestError(f"the body cannot be meant: {told}", faults=faults) from None


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
    permission: Permission,
) -> Callable[[Callable[[Call], Awaitable[Response]]], Handler]:
    """Make a function of the app: for callers who may do that.

    What it asks for is its ``permission``: every function of the app that is called over HTTP says
    so, or says that it asks for nothing.
    """

    async def called(request: Request) -> Call:
        _check_address(request)
        services = await platform()
        principal = await services.authentication.principal(asking_of(request))
        headers = request.headers.getlist(_ORGANISATION)
        asked = ",".join(headers) if headers else None
        grant = await services.directory.grant(principal, asked)
        require(grant, permission)
        return Call(request, services, grant)

    def decorate(
        function: Callable[[Call], Awaitable[Response]],
    ) -> Handler:
        async def handler(req: Request) -> Response:
            async def work() -> Response:
                return await function(await called(req))

            return await _guarded(work)

        named = _named(handler, function)
        named.permission = permission.value
        return cast("Handler", named)

    return decorate


def answered_unasked(
    function: Callable[[Request, Platform], Awaitable[Response]],
) -> Handler:
    """Make a function of the app that anybody may call: it tells itself who may."""

    async def handler(req: Request) -> Response:
        async def work() -> Response:
            return await function(req, await platform())

        return await _guarded(work)

    return open_to_all(cast("Handler", _named(handler, function)))


def open_to_all(handler: Handler) -> Handler:
    """Say of a function of the app that anybody may call it."""
    cast("Any", handler).permission = ANYONE
    return handler


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
    match fault:
        case BadRequestError():
            status, name = 400, "BadRequest"
        case TooLargeError():
            status, name = 413, "TooLarge"
        case UnsupportedBodyError():
            status, name = 415, "UnsupportedMediaType"
        case _:
            status, name = status_of(fault)
    body = document_of(fault, name)
    if isinstance(fault, BadRequestError) and fault.faults:
        body["details"]["faults"] = fault.faults
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


def _named(handler: Any, function: Any) -> Any:  # noqa: ANN401 - functions
    handler.__name__ = handler.__qualname__ = function.__name__
    handler.__module__ = function.__module__
    handler.__doc__ = function.__doc__
    return handler


def _refuse(constant: str) -> None:
    raise ValueError(constant)
