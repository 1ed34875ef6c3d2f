"""Which faults of a sync may pass, when to try again, and which of them are seen to be over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.azure.errors import AzureUnreachableError
from funcyard.azure.secrets.store import SecretNotFoundError
from funcyard.workspace.git.failures import (
    NoSuchBranchError,
    NoSuchRepositoryError,
    RepositoryMovedError,
    RepositoryRefusedError,
)
from funcyard.workspace.table import RowConflictError
from funcyard.workspace.versions.lease import LeaseLostError, RowChangedError
from funcyard.workspace.versions.ledger import WorkspaceBusyError

if TYPE_CHECKING:
    from funcyard.errors import FuncyardError

_PASSING: Final = (
    AzureUnreachableError,
    LeaseLostError,
    RowChangedError,
    RowConflictError,
    WorkspaceBusyError,
)
UNSEEN: Final = frozenset(
    kind.code
    for kind in (
        SecretNotFoundError,
        NoSuchBranchError,
        NoSuchRepositoryError,
        RepositoryMovedError,
        RepositoryRefusedError,
    )
)
"""Codes of faults that say that a branch cannot be seen: they are over once it can be."""

_PAUSES: Final = (5.0, 30.0, 120.0)
_LONGEST_SECONDS: Final = 3600.0


def passes(fault: FuncyardError) -> bool:
    """Whether the same work may succeed later with nothing changed here."""
    return isinstance(fault, _PASSING) or bool(getattr(fault, "transient", False))


def pause_seconds(retry: int, fault: FuncyardError | None = None) -> float:
    """Return how long to wait before a retry, counted from 0, or as long as was asked for."""
    asked = getattr(fault, "seconds", None)
    usual = _PAUSES[min(retry, len(_PAUSES) - 1)]
    if isinstance(asked, int | float):
        return min(max(float(asked), usual), _LONGEST_SECONDS)
    return usual
