"""What HTTP asks of the app behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.functions.model import Function
    from funcyard.host.http.site import Site
    from funcyard.host.invocation import Outcome, Value
    from funcyard.host.keys import KeysFile


@dataclass(frozen=True, slots=True)
class Description:
    """What is told of an app.

    Attributes:
        state: ``Running`` or ``Error``, the real host's words.
        errors: Why it is in error.
        version: Version of the host.
        host_id: Identifies the app in storage.
        functions: Each function as ``{name, trigger, config}``.
    """

    state: str
    errors: list[str]
    version: str
    host_id: str
    functions: list[dict[str, Any]]


class Gateway(Protocol):
    """What the application asks of the app it serves."""

    @property
    def name(self) -> str:
        """The app's name."""
        ...

    @property
    def site(self) -> Site | None:
        """What is served; None while no code has ever loaded."""
        ...

    async def tried(self) -> None:
        """Wait until the code has been loaded once, or could not be, or for long enough."""
        ...

    @property
    def keys(self) -> KeysFile | None:
        """Access keys where authorisation levels are enforced, else None."""
        ...

    async def serve(
        self,
        function: Function,
        request: Value,
        *,
        trace: tuple[str, str],
        data: Mapping[str, str],
    ) -> Outcome:
        """Run an HTTP function.

        Raises:
            NoWorkerError: Nothing ran.
            WorkerLost: The worker died under it.
        """
        ...

    async def run(
        self,
        function: Function,
        trigger: Value,
        *,
        metadata: Mapping[str, Any],
        data: Mapping[str, str],
    ) -> Outcome:
        """Run a function for an event that was delivered to it.

        Raises:
            NoWorkerError: Nothing ran.
            WorkerLost: The worker died under it.
        """
        ...

    def describe(self) -> Description:
        """What the admin routes tell."""
        ...

    async def invoke_by_name(self, function: str, text: str) -> None:
        """Run any function by name in the background; raises a FuncyardError for unknown ones."""
        ...
