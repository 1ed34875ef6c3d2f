"""What Azure's clients raise, as errors for a person: refused (exit 3) or not reached (exit 4).

``with azure_errors("listing the share"):`` around calls of a client is enough. A room that knows
better what, say, a 409 means catches it inside, with :func:`error_code`. Messages never hold an
address's query, where a signature would be.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, Final

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    IncompleteReadError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)

from funcyard.azure.retry_after import later, will_pass
from funcyard.errors import REFUSED, UNREACHABLE, FuncyardError

if TYPE_CHECKING:
    from collections.abc import Iterator

_REFUSED: Final = 400
_CONTEXT: Final = re.compile(r" ssl:(?:<[^>]*>|\w+)(?= \[)")
"""How aiohttp tells of certificates where it cannot connect: for nobody but itself."""
_QUERY: Final = re.compile(r"\?[^\s'\"]+")
_AUTHORIZATION: Final = re.compile(r"(?i)\b(sig|AccountKey|SharedAccessSignature)=[^\s;&'\"]+")


class AzureFailedError(FuncyardError):
    """An Azure client failed in a way that is neither a refusal nor the network's.

    Attributes:
        status: The HTTP status, None where there was no answer.
        service_code: The service's own code, like ``ShareNotFound``; empty where it gave none.
    """

    code: ClassVar[str] = "azure-failed"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        status: int | None = None,
        service_code: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.service_code = service_code


class AzureRefusedError(AzureFailedError):
    """Azure answered, and the answer was no."""

    code = "azure-refused"
    exit_code = REFUSED


class AzureAuthenticationError(AzureRefusedError):
    """Azure does not accept the key, token or signature, or it does not allow this."""

    code = "azure-authentication"


class AzureNotFoundError(AzureRefusedError):
    """What was asked for is not there."""

    code = "azure-not-found"


class AzureUnreachableError(AzureFailedError):
    """Azure could not be reached, broke off, or is too busy: trying later may help."""

    code = "azure-unreachable"
    exit_code = UNREACHABLE


@contextmanager
def azure_errors(doing: str) -> Iterator[None]:
    """Raise what Azure's clients raise inside as an error for a person.

    Args:
        doing: What was being done, in words: ``reading the list of shares``.

    Raises:
        AzureAuthenticationError: The credential was not accepted.
        AzureNotFoundError: The thing asked for does not exist.
        AzureRefusedError: Any other refusal.
        AzureUnreachableError: No answer, half an answer, or 408, 429 and 5xx, of which 501 and 505
            are refusals: they last.
        AzureFailedError: Anything else that the clients raise.
    """
    try:
        yield
    except (AzureError, TimeoutError) as fault:
        raise azure_error(fault, doing) from fault


def azure_error(fault: AzureError | TimeoutError, doing: str) -> AzureFailedError:
    """Return the error for a person that a fault of a client means."""
    message = f"{doing}: {_told(fault)}"
    status = fault.status_code if isinstance(fault, HttpResponseError) else None
    code = error_code(fault)
    kind: type[AzureFailedError]
    hint = None
    match fault:
        case ClientAuthenticationError():
            kind, hint = AzureAuthenticationError, "check the key or sign-in, and the roles it has"
        case ResourceNotFoundError():
            kind = AzureNotFoundError
        case IncompleteReadError():
            kind = AzureUnreachableError
        case HttpResponseError() if status is not None and _try_later(status):
            kind = AzureUnreachableError
            hint = later(getattr(fault.response, "headers", None) or {})
        case HttpResponseError():
            kind = AzureRefusedError
        case ServiceRequestError() | ServiceResponseError() | TimeoutError():
            kind, hint = AzureUnreachableError, "check that the service runs and can be reached"
        case _:
            kind = AzureFailedError
    return kind(message, hint=hint, status=status, service_code=code)


def error_code(fault: BaseException) -> str:
    """Return the service's own code of a refusal, like ``ShareNotFound``; empty if it has none."""
    # Clients of services set error_code; those of Resource Manager hold the error as it came.
    code = getattr(fault, "error_code", None) or getattr(
        getattr(fault, "error", None), "code", None
    )
    if not code:
        return ""
    return str(getattr(code, "value", code))


def without_secrets(text: str) -> str:
    """Return what a service says, without queries of addresses, signatures and keys."""
    return _AUTHORIZATION.sub(r"\1=…", _QUERY.sub("?…", text))


def _try_later(status: int) -> bool:
    """Whether a status is no refusal; one below 400 is a good answer whose body broke off."""
    return status < _REFUSED or will_pass(status)


def _told(fault: AzureError | TimeoutError) -> str:
    """Say what happened in a line: Azure's messages go on with request ids and times."""
    if isinstance(fault, TimeoutError) and not isinstance(fault, AzureError):
        return "timed out"
    lines = [line.strip() for line in str(fault.message or fault).splitlines() if line.strip()]
    said = _CONTEXT.sub("", without_secrets(lines[0])) if lines else "failed"
    facts = [error_code(fault)] if error_code(fault) not in said else []
    if isinstance(fault, HttpResponseError) and fault.status_code is not None:
        facts.append(str(fault.status_code))
    return f"{said} ({', '.join(facts)})" if facts else said
