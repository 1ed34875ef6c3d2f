"""Calls of the platform's API, for the command line: one answer a call, every refusal an error.

Redirects are not followed: the caller's token must not be sent to another place.
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, ClassVar, Final

from funcyard.azure.cloud import on_loopback
from funcyard.errors import REFUSED, UNREACHABLE, FuncyardError, UsageError
from funcyard.workspace.http_address import is_address, is_word
from funcyard.workspace.scopes import GLOBAL, Scope

if TYPE_CHECKING:
    from email.message import Message

_SECONDS: Final = 60
_BAD_REQUEST: Final = 400


class ApiAddressError(UsageError):
    """That is no address of a platform's API."""

    code = "workspace-api-address"


class ApiTokenError(UsageError):
    """What is given as the caller's token can be none."""

    code = "workspace-api-token"


class ApiArgumentsError(UsageError):
    """The platform says that what it was given cannot be meant."""

    code = "workspace-bad-request"


class ApiRefusedError(FuncyardError):
    """The platform answered, and the answer was no.

    Attributes:
        status: Of HTTP.
        name: What the answer names the error.
    """

    code: ClassVar[str] = "workspace-refused"
    exit_code = REFUSED

    def __init__(self, message: str, *, status: int, name: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.name = name


class ApiUnreachableError(FuncyardError):
    """The platform does not answer, or with what is no answer of its."""

    code = "workspace-unreachable"
    exit_code = UNREACHABLE


@dataclass(frozen=True, slots=True)
class ApiClient:
    """A platform's API.

    Attributes:
        url: Its address, ``/api`` included.
        token: Of the caller; empty where none is needed.
        scope: For which calls are.
    """

    url: str
    token: str = field(default="", repr=False)
    scope: Scope = GLOBAL

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

    def call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Return the body of an answer, None where it has none.

        Raises:
            ApiArgumentsError: What was given cannot be meant.
            ApiRefusedError: The platform refuses.
            ApiUnreachableError: It does not answer.
        """
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.scope.organisation is not None:
            headers["X-Organization-Id"] = self.scope.organisation
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        address = f"{self.url.rstrip('/')}{path}"
        request = urllib.request.Request(address, data, headers, method=method)  # noqa: S310 - checked
        proxies = [urllib.request.ProxyHandler({})] if on_loopback(self.url) else []
        opener = urllib.request.build_opener(_NoRedirect, *proxies)
        try:
            with opener.open(request, timeout=_SECONDS) as answer:
                content = answer.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise _refused(refusal) from None
        except (OSError, UnicodeError) as fault:
            reason = getattr(fault, "reason", fault)
            raise ApiUnreachableError(
                f"the platform at {self.url} does not answer: {reason}",
                hint="start it with funcyard workspace up, or name it with --url",
            ) from None
        except http.client.HTTPException:
            raise ApiUnreachableError(
                f"what answers at {self.url} does not speak HTTP, or broke off", hint=_WHERE
            ) from None
        return _json(content) if content else None


_WHERE: Final = "--url takes the address that funcyard workspace up prints; it ends with /api"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for an answer."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> None:
        del req, fp, code, msg, headers, newurl


def _refused(answer: urllib.error.HTTPError) -> FuncyardError:
    place = answer.headers.get("Location")
    if place is not None:
        return ApiUnreachableError(
            f"that is no workspace platform: it sends on to {place}",
            hint="if the platform is there, name it with --url",
        )
    try:
        told = json.loads(answer.read())
        name, message = str(told["error"]), str(told["message"])
        hint = (told.get("details") or {}).get("hint")
    except (ValueError, KeyError, TypeError, AttributeError, OSError, http.client.HTTPException):
        said = f"that is no workspace platform: it answers {answer.code}"
        return ApiUnreachableError(said, hint=_WHERE)
    if answer.code == _BAD_REQUEST and name == "BadRequest":
        return ApiArgumentsError(message, hint=hint)
    return ApiRefusedError(message, status=answer.code, name=name, hint=hint)


def _json(content: bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(content)
    except ValueError:
        said = "that is no workspace platform: its answer is no JSON"
        raise ApiUnreachableError(said, hint=_WHERE) from None
