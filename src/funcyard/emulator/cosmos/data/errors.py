"""What a data plane refuses, in its own codes and shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.emulator.cosmos.sql.errors import QueryError

_CODES: Final = {
    304: "NotModified",
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    412: "PreconditionFailed",
    413: "RequestEntityTooLarge",
    424: "FailedDependency",
    500: "InternalServerError",
}
_KEY_MISMATCH: Final = 1001
_OWNER_NOT_FOUND: Final = 1003
_NOT_SERVABLE: Final = 1004
_OTHER_CONTAINER: Final = 1024


class DataError(Exception):
    """An answer that refuses.

    Args:
        status: Of HTTP.
        message: For a person.
        substatus: What clients go by besides; 0 for nothing.
        more: What the body holds besides code and message.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        substatus: int = 0,
        more: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.substatus = substatus
        self.more = dict(more or {})

    @property
    def code(self) -> str:
        """Azure's word for the status."""
        return _CODES[self.status]

    def body(self, activity: str) -> dict[str, str]:
        """Return the error as the service sends it."""
        return {
            "code": self.code,
            "message": f"{self.message}\r\nActivityId: {activity}, funcyard",
            **self.more,
        }

    def headers(self) -> dict[str, str]:
        """Return what is sent beside it."""
        return {"x-ms-substatus": str(self.substatus)} if self.substatus else {}


def bad(message: str) -> DataError:
    """Say that a request is none that is taken."""
    return DataError(400, message)


def bad_query(fault: QueryError) -> DataError:
    """Say that a query cannot be run."""
    return DataError(400, fault.told())


def not_servable(plan: str) -> DataError:
    """Say that a client has to put together what each partition answers, and how."""
    return DataError(
        400,
        "The provided cross partition query can not be directly served by the gateway. This is a"
        " first chance (internal) exception that all newer clients will know how to handle"
        " gracefully.",
        substatus=_NOT_SERVABLE,
        more={"additionalErrorInfo": plan},
    )


def other_container(name: str) -> DataError:
    """Say that a container is not the one that the client once knew by that name."""
    return DataError(
        400,
        f"The container {name} is another one than the client means.",
        substatus=_OTHER_CONTAINER,
    )


def key_mismatch() -> DataError:
    """Say that an item is not of the partition that the request names."""
    return DataError(
        400,
        "PartitionKey extracted from document doesn't match the one specified in the header. Learn"
        " more: https://aka.ms/CosmosDB/sql/errors/wrong-pk-value",
        substatus=_KEY_MISMATCH,
    )


def unauthorized(message: str) -> DataError:
    """Say that a request is not signed by a key of the account."""
    return DataError(401, message)


def forbidden(message: str) -> DataError:
    """Say that a signature does not open that."""
    return DataError(403, message)


def not_found() -> DataError:
    """Say that something is not there."""
    message = "Resource Not Found. Learn more: https://aka.ms/cosmosdb-tsg-not-found"
    return DataError(404, f'Message: {{"Errors":["{message}"]}}')


def owner_not_found() -> DataError:
    """Say that what something would be in is not there."""
    return DataError(404, "Owner resource does not exist.", substatus=_OWNER_NOT_FOUND)


def not_allowed(method: str, path: str) -> DataError:
    """Say that a method means nothing there."""
    return DataError(405, f"{method} of /{path} is not supported by the local Cosmos DB.")


def conflict(
    message: str = "Entity with the specified id already exists in the system.",
) -> DataError:
    """Say that something is there already."""
    return DataError(409, message)


def precondition_failed() -> DataError:
    """Say that something was changed since the client saw it."""
    return DataError(412, "One of the specified pre-condition is not met.")


def too_large() -> DataError:
    """Say that a request has too many bytes."""
    return DataError(413, "Request size is too large.")
