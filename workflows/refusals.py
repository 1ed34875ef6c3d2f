"""What an API answers for each error: its status, and its name in ``error``.

A class that is not here has the status of the nearest one above it; what is no error for a person
at all is a 500 that tells an id and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from composition import NotConfiguredError
from conditions import quoted
from funcyard.access.errors import AccessError, ForbiddenError, UnauthenticatedError
from funcyard.azure.errors import AzureFailedError
from funcyard.azure.secrets.local import SecretFileError
from funcyard.azure.secrets.store import SecretNotFoundError
from funcyard.azure.signing_keys import KeysUnreachableError
from funcyard.azure.tokens import TokenError
from funcyard.errors import FuncyardError, UsageError, UserError
from funcyard.workflows.errors import (
    AlreadyEndedError,
    EngineBusyError,
    IdempotencyConflictError,
    NoSuchExecutionError,
    NoSuchWorkflowError,
    ParametersError,
    ProviderError,
    WorkerStartError,
)
from funcyard.workspace.conditions import ContentChangedError
from funcyard.workspace.connections.journal import ConnectionBusyError
from funcyard.workspace.connections.table import ConnectionExistsError, NoSuchConnectionError
from funcyard.workspace.contracts import NoSuchContractError
from funcyard.workspace.edit_tree import AlreadyThereError, MoveIntoItselfError, NotThereError
from funcyard.workspace.editing import ConnectedError, FileTooLargeError
from funcyard.workspace.git.failures import GitError
from funcyard.workspace.github.errors import GitHubError
from funcyard.workspace.jobs.table import NoSuchJobError
from funcyard.workspace.paths import InvalidPathError
from funcyard.workspace.searching import BadQueryError
from funcyard.workspace.snapshots import SnapshotError
from funcyard.workspace.store.base import StoreError
from funcyard.workspace.sync.pushing import EmptyTreeError
from funcyard.workspace.sync.rolling_back import NoOlderVersionError
from funcyard.workspace.table import RowConflictError
from funcyard.workspace.versions.contents import ContentDamagedError
from funcyard.workspace.versions.lease import LeaseLostError, RowChangedError
from funcyard.workspace.versions.ledger import WorkspaceBusyError
from funcyard.workspace.versions.library import VersionGoneError
from funcyard.workspace.versions.manifest import ManifestError, TreeError
from funcyard.workspace.webhook.delivery import (
    BodyTooLargeError,
    DeliveryError,
    SignatureError,
)
from request_errors import BadRequestError, TooLargeError, UnsupportedBodyError

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANSWERS: Final[Mapping[type[FuncyardError], tuple[int, str]]] = {
    BadRequestError: (400, "BadRequest"),
    TooLargeError: (413, "TooLarge"),
    UnsupportedBodyError: (415, "UnsupportedMediaType"),
    NotConfiguredError: (503, "NotConfigured"),
    UnauthenticatedError: (401, "Unauthorized"),
    TokenError: (401, "Unauthorized"),
    KeysUnreachableError: (503, "SigningKeysUnreachable"),
    ForbiddenError: (403, "Forbidden"),
    ConnectedError: (403, "GitHubSyncEnabled"),
    ContentChangedError: (412, "ContentChanged"),
    FileTooLargeError: (413, "FileTooLarge"),
    InvalidPathError: (400, "InvalidPath"),
    NotThereError: (404, "NotFound"),
    AlreadyThereError: (409, "AlreadyExists"),
    MoveIntoItselfError: (409, "MoveIntoItself"),
    BadQueryError: (400, "InvalidQuery"),
    TreeError: (400, "InvalidTree"),
    EmptyTreeError: (409, "EmptyCommit"),
    VersionGoneError: (404, "VersionGone"),
    NoOlderVersionError: (409, "NoOlderVersion"),
    WorkspaceBusyError: (503, "WorkspaceBusy"),
    LeaseLostError: (503, "WorkspaceBusy"),
    RowChangedError: (503, "WorkspaceBusy"),
    ContentDamagedError: (500, "ContentDamaged"),
    ManifestError: (500, "ContentDamaged"),
    StoreError: (503, "WorkspaceUnavailable"),
    SnapshotError: (503, "WorkspaceUnavailable"),
    NoSuchWorkflowError: (404, "WorkflowNotFound"),
    NoSuchExecutionError: (404, "ExecutionNotFound"),
    ParametersError: (400, "InvalidParameters"),
    IdempotencyConflictError: (409, "IdempotencyConflict"),
    AlreadyEndedError: (409, "ExecutionEnded"),
    EngineBusyError: (503, "EngineBusy"),
    WorkerStartError: (503, "WorkerNotStarted"),
    ProviderError: (502, "DataProviderFailed"),
    ConnectionExistsError: (409, "ConnectionExists"),
    NoSuchConnectionError: (404, "ConnectionNotFound"),
    ConnectionBusyError: (409, "ConnectionBusy"),
    NoSuchJobError: (404, "JobNotFound"),
    NoSuchContractError: (404, "ContractNotFound"),
    SignatureError: (401, "InvalidSignature"),
    BodyTooLargeError: (413, "TooLarge"),
    DeliveryError: (400, "BadDelivery"),
    GitError: (400, "RepositoryNotAccessible"),
    GitHubError: (400, "RepositoryNotAccessible"),
    SecretNotFoundError: (409, "SecretNotFound"),
    SecretFileError: (503, "SecretsUnavailable"),
    RowConflictError: (409, "Conflict"),
    AzureFailedError: (503, "StorageUnavailable"),
    UsageError: (400, "BadRequest"),
    UserError: (409, "Conflict"),
}


def status_of(fault: FuncyardError) -> tuple[int, str]:
    """Return the status and the name that an error is answered with."""
    if isinstance(fault, GitError | GitHubError) and fault.transient:
        return 503, "RepositoryUnreachable"
    for kind in type(fault).__mro__:
        if kind in _ANSWERS:
            return _ANSWERS[kind]
    status = getattr(fault, "status", None) if isinstance(fault, AccessError) else None
    return (status, _name_of(type(fault))) if status else (500, "InternalError")


def document_of(fault: FuncyardError, name: str) -> dict[str, Any]:
    """Return the body of an error's answer."""
    details: dict[str, Any] = {"code": fault.code}
    if fault.hint:
        details["hint"] = fault.hint
    if isinstance(fault, ContentChangedError):
        details["etag"] = None if fault.etag is None else quoted(fault.etag)
    if isinstance(fault, InvalidPathError):
        details["reason"] = fault.reason
    if isinstance(fault, BadRequestError) and fault.faults:
        details["faults"] = fault.faults
    if isinstance(fault, ParametersError):
        details["faults"] = [{"name": one, "message": said} for one, said in fault.faults]
    return {"error": name, "message": fault.message, "details": details}


def _name_of(kind: type) -> str:
    return kind.__name__.removesuffix("Error")
