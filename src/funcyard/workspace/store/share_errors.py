"""What Azure Files refuses, as the error of a store or of a path that it means.

The codes are those of https://learn.microsoft.com/rest/api/storageservices/file-service-error-codes.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from azure.core.exceptions import AzureError, HttpResponseError

from funcyard.azure.errors import (
    AzureFailedError,
    AzureRefusedError,
    AzureUnreachableError,
    azure_error,
    error_code,
)
from funcyard.workspace.store.base import (
    NoSuchPathError,
    PathTakenError,
    StoreError,
    StoreFullError,
    StoreRefusedError,
    StoreUnreachableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_PATH: Final = frozenset({"ResourceNotFound", "ParentNotFound"})
TAKEN: Final = frozenset({"ResourceTypeMismatch", "DirectoryNotEmpty", "ResourceAlreadyExists"})
_FULL: Final = frozenset({"ShareSizeLimitReached", "FileShareProvisionedStorageExceeded"})
_BUSY: Final = frozenset({"SharingViolation", "FileLockConflict", "DeletePending"})
_AN_ERROR: Final = 400


@contextmanager
def told_of(path: str, doing: str) -> Iterator[None]:
    """Raise what Azure's client raises inside as the store's error, or as the path's.

    Args:
        path: What it is about; empty for the store.
        doing: What was being done, in a word.

    Raises:
        NoSuchPathError: Nothing stands there.
        PathTakenError: Something else does.
        StoreError: The store refuses, is full or cannot be reached.
    """
    try:
        yield
    except (AzureError, TimeoutError) as fault:
        told = azure_error(fault, f"{doing} {path!a}" if path else doing)
        code = told.service_code
        if code in NO_PATH:
            raise NoSuchPathError(f"there is no such path: {path!a}") from fault
        if code in TAKEN:
            raise PathTakenError(f"something else stands at {path!a}") from fault
        if code in _FULL:
            raise StoreFullError(told.message, hint="raise the share's quota") from fault
        raise _kind(told, code)(told.message, hint=told.hint) from fault


def nothing_there(fault: HttpResponseError) -> bool:
    """Whether there is nothing of that kind; a share that is not there is another matter."""
    return error_code(fault) in NO_PATH | {"ResourceTypeMismatch"}


def broke_off(fault: AzureError) -> bool:
    """Whether an answer began well and has no end."""
    status = fault.status_code if isinstance(fault, HttpResponseError) else None
    return status is None or status < _AN_ERROR


def _kind(told: AzureFailedError, code: str) -> type[StoreError]:
    if isinstance(told, AzureUnreachableError) or code in _BUSY:
        return StoreUnreachableError
    return StoreRefusedError if isinstance(told, AzureRefusedError) else StoreError
