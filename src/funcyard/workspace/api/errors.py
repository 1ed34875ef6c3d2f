"""What can be wrong with a call of a platform's API, and which of it an answer tells.

What the platform says cannot be meant is bad usage; any other no is a refusal; what is no answer of
a platform's is told as one that cannot be reached.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, Final

from funcyard.errors import REFUSED, UNREACHABLE, FuncyardError, UsageError
from funcyard.output import ESCAPED

if TYPE_CHECKING:
    from email.message import Message

_BAD_REQUEST: Final = 400
_UNAUTHENTICATED: Final = 401
_AWAY: Final = frozenset({502, 503, 504})
"""What a host or a gateway answers in the platform's place."""

_NOT_MEANT: Final = frozenset(
    {"BadRequest", "InvalidPath", "InvalidParameters", "InvalidQuery", "InvalidTree"}
)
NO_JSON: Final = (ValueError, RecursionError)
"""What reading JSON fails with that is none."""

WHERE: Final = "--url takes the address that funcyard workspace up prints; it ends with /api"


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

    code: ClassVar[str] = "workspace-unreachable"
    exit_code = UNREACHABLE


class ApiTimeoutError(ApiUnreachableError):
    """The platform has not answered in time; what it was asked for may go on."""

    code = "workspace-timeout"


def refusal(status: int, headers: Message, content: bytes) -> FuncyardError:
    """Return what an answer means that is not a good one."""
    place = headers.get("Location")
    if place is not None:
        return ApiUnreachableError(
            f"that is no workspace platform: it sends on to {place}",
            hint="if the platform is there, name it with --url",
        )
    try:
        told = json.loads(content)
        name, message = str(told["error"]), _plain(told["message"])
        hint = _plain((told.get("details") or {}).get("hint") or "") or None
    except (*NO_JSON, KeyError, TypeError, AttributeError):
        if status in _AWAY:
            return ApiUnreachableError(
                f"the platform is not ready, or not reached by what stands before it: {status}",
                hint="try again; if it stays so, its log says why",
            )
        said = f"that is no workspace platform: it answers {status}"
        return ApiUnreachableError(said, hint=WHERE)
    if status == _BAD_REQUEST and name in _NOT_MEANT:
        return ApiArgumentsError(message, hint=hint)
    if status == _UNAUTHENTICATED and hint is None:
        hint = "FUNCYARD_TOKEN holds the caller's token"
    return ApiRefusedError(message, status=status, name=name, hint=hint)


def _plain(text: object) -> str:
    """Return what a platform says so that nothing in it moves the cursor of a terminal."""
    return str(text).translate(ESCAPED)


def is_refusal(content: bytes) -> bool:
    """Whether an answer says what a refusal does, or nothing that can be read."""
    try:
        return "error" in json.loads(content)
    except (*NO_JSON, TypeError):
        return True


def json_of(content: bytes) -> Any:  # noqa: ANN401 - JSON
    """Return what an answer says, None where it is empty.

    Raises:
        ApiUnreachableError: It is no JSON.
    """
    try:
        return json.loads(content) if content else None
    except NO_JSON:
        said = "that is no workspace platform: its answer is no JSON"
        raise ApiUnreachableError(said, hint=WHERE) from None
