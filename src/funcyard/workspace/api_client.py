"""Calls of the platform's API, for the command line: one answer a call, every refusal an error."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from funcyard.azure.cloud import on_loopback
from funcyard.errors import REFUSED, UNREACHABLE, FuncyardError, UsageError

_SECONDS: Final = 60


class ApiAddressError(UsageError):
    """That is no address of a platform's API."""

    code = "workspace-api-address"


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
        organization: For which calls are; empty for GLOBAL.
    """

    url: str
    token: str = field(default="", repr=False)
    organization: str = ""

    def __post_init__(self) -> None:
        """Check the address.

        Raises:
            ApiAddressError: It is none, or would carry a token in the clear.
        """
        try:
            parts = urlsplit(self.url)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise ApiAddressError(f"{self.url!r} is no address", hint="https://HOST/api")
        if self.token and parts.scheme == "http" and not on_loopback(self.url):
            raise ApiAddressError("a token is sent over https only", hint="https://HOST/api")

    @property
    def scope(self) -> str:
        """The scope that calls are for, as addresses name it."""
        return self.organization or "GLOBAL"

    def call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Return the body of an answer, None where it has none.

        Raises:
            ApiRefusedError: The platform refuses.
            ApiUnreachableError: It does not answer.
        """
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.organization:
            headers["X-Organization-Id"] = self.organization
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        address = f"{self.url.rstrip('/')}{path}"
        request = urllib.request.Request(address, data, headers, method=method)  # noqa: S310 - checked
        opener = urllib.request.build_opener(
            *([urllib.request.ProxyHandler({})] if on_loopback(self.url) else [])
        )
        try:
            with opener.open(request, timeout=_SECONDS) as answer:
                content = answer.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise _refused(refusal.code, refusal.read()) from None
        except OSError as fault:
            reason = getattr(fault, "reason", fault)
            raise ApiUnreachableError(
                f"the platform at {self.url} does not answer: {reason}",
                hint="start it with funcyard workspace up, or name it with --url",
            ) from None
        return _json(content) if content else None


def _refused(status: int, content: bytes) -> FuncyardError:
    try:
        told = json.loads(content)
        name, message = str(told["error"]), str(told["message"])
        hint = (told.get("details") or {}).get("hint")
    except (ValueError, KeyError, TypeError, AttributeError):
        return ApiUnreachableError(f"that is no workspace platform: it answers {status}")
    return ApiRefusedError(message, status=status, name=name, hint=hint)


def _json(content: bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(content)
    except ValueError:
        raise ApiUnreachableError("that is no workspace platform: its answer is no JSON") from None
