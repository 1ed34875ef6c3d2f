"""What callers of the engine are told."""

from __future__ import annotations

from funcyard.errors import FuncyardError, UserError


class NoSuchWorkflowError(UserError):
    """The organisation has no workflow, or data provider, of that name."""

    code = "workflow-unknown"


class NoSuchExecutionError(UserError):
    """The organisation has no execution of that id."""

    code = "execution-unknown"


class ParametersError(UserError):
    """What was given does not fit what the workflow declares; every fault at once.

    Attributes:
        faults: Parameter name and what is wrong with it, in the order of declaration.
    """

    code = "workflow-parameters"

    def __init__(self, workflow: str, faults: list[tuple[str, str]]) -> None:
        told = "; ".join(f"{name}: {fault}" for name, fault in faults)
        super().__init__(f"{workflow} cannot run with that: {told}")
        self.faults = faults


class IdempotencyConflictError(UserError):
    """The idempotency key was used before, with other input."""

    code = "idempotency-conflict"


class AlreadyEndedError(UserError):
    """The execution has ended: there is nothing to cancel."""

    code = "execution-ended"


class EngineBusyError(FuncyardError):
    """No worker became free in the time that a caller waits."""

    code = "engine-busy"


class WorkerStartError(FuncyardError):
    """A worker process could not be started, or ended while it loaded the version.

    Attributes:
        file: The file that it was importing, from the scope's root; empty for none.
    """

    code = "workflow-worker"

    def __init__(self, message: str, *, hint: str | None = None, file: str = "") -> None:
        super().__init__(message, hint=hint)
        self.file = file


class ProviderError(FuncyardError):
    """A data provider failed."""

    code = "data-provider-failed"
