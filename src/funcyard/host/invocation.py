"""What crosses between the host and a worker when a function runs: typed values and an outcome.

The types are those of the official worker's ``Datum``: ``string``, ``bytes``, ``json``, ``http``.
A listener builds the trigger's value and metadata; the dispatcher adds inputs and writes outputs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import getrandbits
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.functions.model import Function

from funcyard.errors import FuncyardError

ValueType = Literal["string", "bytes", "json", "http"]


@dataclass(slots=True)
class Value:
    """One value of a binding; never changed, and not frozen because that doubles its cost.

    Attributes:
        type: How the worker shall read ``body``: text for ``string`` and ``json`` (UTF-8), raw for
            ``bytes``; for ``http`` the body of the request or response.
        body: The bytes, never embedded in JSON on the channel.
        head: Only for ``http``: method, url, headers, params, query of a request, or status,
            headers and cookies of a response.
    """

    type: ValueType
    body: bytes
    head: Mapping[str, Any] | None = None

    @classmethod
    def text(cls, text: str) -> Value:
        """Return a ``string`` value."""
        return cls("string", text.encode())

    @classmethod
    def json(cls, text: str) -> Value:
        """Return a ``json`` value from its serialised text."""
        return cls("json", text.encode())


@dataclass(frozen=True, slots=True)
class Retry:
    """The retry context of an invocation: how many retries were made of how many allowed."""

    count: int
    limit: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The exception that ended an invocation, as the worker reports it."""

    kind: str
    message: str
    traceback: str = ""


@dataclass(slots=True)
class Outcome:
    """How an invocation ended; never changed, like :class:`Value`.

    Attributes:
        invocation_id: UUID in the function's ``context`` and in its log lines.
        returned: The ``$return`` value or the implicit one, None where there is none.
        outputs: Values of ``Out`` parameters by binding name; absent where never set.
        failed: The exception, or None when it succeeded.
        seconds: From dispatch to the answer.
    """

    invocation_id: str
    returned: Value | None = None
    outputs: Mapping[str, Value] = field(default_factory=dict)
    failed: Failed | None = None
    seconds: float = 0.0


class NoWorkerError(FuncyardError):
    """No worker takes invocations: the app failed to load, restarts or ends. Nothing ran."""

    code = "no-worker"

    def __init__(self, app: str) -> None:
        super().__init__(f"{app}: no worker takes calls", hint=f"funcyard logs --app {app}")


class WorkerLost(FuncyardError):  # noqa: N818 - says what happened
    """The worker that ran an invocation is gone; whether the function finished is unknown.

    Attributes:
        outcome: What is known: the id, how long it ran, and that it failed.
    """

    code = "worker-lost"

    def __init__(self, app: str, invocation_id: str, seconds: float) -> None:
        message = f"{app}: the worker ended before it answered"
        super().__init__(message, hint=f"funcyard logs --app {app}")
        self.outcome = Outcome(invocation_id, failed=Failed("WorkerLost", message), seconds=seconds)


def new_invocation_id() -> str:
    """Return a random UUID of version 4 in its usual form.

    It names log lines and guards nothing, so it needs no cryptographic randomness:
    ``str(uuid.uuid4())`` takes three times as long, 6 % of what a request costs the host.
    """
    bits = f"{getrandbits(128):032x}"
    variant = "89ab"[int(bits[16], 16) & 3]
    return f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-{variant}{bits[17:20]}-{bits[20:]}"


class Dispatcher(Protocol):
    """Runs a function for a trigger: what every listener is given."""

    async def run(
        self,
        function: Function,
        trigger: Value,
        *,
        metadata: Mapping[str, Any],
        data: Mapping[str, str],
        retry: Retry | None = None,
    ) -> Outcome:
        """Bind inputs, invoke, write outputs.

        Args:
            function: What to run.
            trigger: The trigger binding's value.
            metadata: Trigger metadata as the real host sends it (``QueueTrigger``,
                ``DequeueCount``, ``BlobTrigger``, ``Uri``, …), JSON values.
            data: Binding data for expressions such as ``{name}`` and ``{queueTrigger}``.
            retry: The retry context, for triggers under a retry policy.

        Returns:
            The outcome; ``failed`` is set when the function raised, when an input could not be
            bound or an output not written. It never raises for a fault of the function.

        Raises:
            NoWorkerError: Nothing ran; the message must come back.
            WorkerLost: The worker died under the invocation; the message must come back.
        """
        ...

    @property
    def ready(self) -> bool:
        """Whether there is a worker, so that taking a message is of use."""
        ...
