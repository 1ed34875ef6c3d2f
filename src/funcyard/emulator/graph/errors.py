"""What Microsoft Graph refuses, in its own codes and words.

https://learn.microsoft.com/graph/errors
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class GraphError(Exception):
    """An answer that refuses.

    Args:
        status: Of HTTP.
        code: Graph's.
        message: For a person.
        headers: Sent beside it.
    """

    def __init__(
        self, status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    def body(self) -> dict[str, object]:
        """Return the error as Graph sends it."""
        identifier = str(uuid.uuid4())
        inner = {
            "date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}",
            "request-id": identifier,
            "client-request-id": identifier,
        }
        return {"error": {"code": self.code, "message": self.message, "innerError": inner}}


def unauthenticated(message: str) -> GraphError:
    """Say that a request bears no token for Graph."""
    return GraphError(401, "InvalidAuthenticationToken", message)


def denied() -> GraphError:
    """Say that whoever asks may not."""
    return GraphError(
        403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
    )


def absent(identifier: str) -> GraphError:
    """Say that there is no such object."""
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{identifier}' does not exist or one of its queried reference-property objects"
        " are not present.",
    )


def bad(message: str) -> GraphError:
    """Say what is wrong with a request."""
    return GraphError(400, "Request_BadRequest", message)


def unsupported(message: str) -> GraphError:
    """Say that a query is none that is answered here."""
    return GraphError(400, "Request_UnsupportedQuery", message)


def segment(path: str) -> GraphError:
    """Say that nothing is served at an address."""
    return GraphError(400, "BadRequest", f"Resource not found for the segment '{path}'.")


def not_allowed(method: str) -> GraphError:
    """Say that an address does not take a method."""
    return GraphError(
        405, "Request_BadRequest", f"Specified HTTP method '{method}' is not allowed here."
    )


def taken(app_id: str) -> GraphError:
    """Say that an application has its service principal already."""
    return GraphError(
        409,
        "Request_MultipleObjectsWithSameKeyValue",
        "The service principal cannot be created, updated, or restored because the service"
        f" principal name {app_id} is already in use.",
    )


def no_application(app_id: str) -> GraphError:
    """Say that there is no application for a service principal."""
    return GraphError(
        400,
        "NoBackingApplicationObject",
        f"The appId '{app_id}' of the service principal does not reference a valid application"
        " object.",
    )
