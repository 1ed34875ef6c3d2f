"""What HTTP asks of the app behind it."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from funcyard import __version__
from funcyard.errors import FuncyardError
from funcyard.host.events import Event
from funcyard.host.functions_view import admin_document
from funcyard.host.invocation import WorkerLost
from funcyard.host.invoking import WAIT_FOR_WORKER
from funcyard.host.keys import EVENT_GRID_KEY

if TYPE_CHECKING:
    from funcyard.host.background import Background
    from funcyard.host.events import Events
    from funcyard.host.http.site import Site
    from funcyard.host.invoking import Invocations
    from funcyard.host.keys import KeysFile
    from funcyard.host.runner_config import RunnerConfig
    from funcyard.host.standing import Standing


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


class Gateway:
    """The newest code of one app, for who asks over HTTP.

    Args:
        config: What the app's runner is given.
        standing: How the app stands.
        invocations: Run its functions.
        background: Where functions run that nobody waits for.
        events: Where trouble of those is published.

    Attributes:
        invocations: What requests and events are run by.
        site: What is served; None while no code has ever loaded.
        keys: Access keys where authorisation levels are enforced, else None.
    """

    def __init__(
        self,
        config: RunnerConfig,
        standing: Standing,
        invocations: Invocations,
        background: Background,
        events: Events,
    ) -> None:
        self.invocations = invocations
        self.site: Site | None = None
        self.keys: KeysFile | None = None
        self._config = config
        self._standing = standing
        self._background = background
        self._events = events

    @property
    def name(self) -> str:
        """The app's name."""
        return self._config.name

    def use(self, site: Site, functions: list[str]) -> None:
        """Serve what new code registers.

        Args:
            site: Its routes.
            functions: The names of all its functions.
        """
        self.site = site
        if self._config.keys is not None:
            system = [EVENT_GRID_KEY] if site.event_grid else []
            self.keys = self._config.keys(functions, system)

    async def tried(self) -> None:
        """Wait until the code has been loaded once, or could not be; fifteen seconds at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WAIT_FOR_WORKER):
                await self._standing.tried.wait()

    async def invoke_by_name(self, function: str, text: str) -> None:
        """Start any function by hand, in the background; what stops it is told as trouble.

        Raises:
            NoSuchFunctionError: There is none of that name.
            UnsupportedFunctionError: It cannot run here.
        """
        self.invocations.check_runnable(function)
        self._background.spawn(self._run_by_hand(function, text))

    async def _run_by_hand(self, function: str, text: str) -> None:
        try:
            await self.invocations.run_by_name(function, text)
        except WorkerLost:
            return  # the run's end has been told
        except FuncyardError as fault:
            hint = f" ({fault.hint})" if fault.hint else ""
            message = f"it was not run by hand: {fault.message}{hint}"
            self._events.publish(Event.of_listener(self.name, function, "warning", message))

    def describe(self) -> Description:
        """Return what the admin routes tell."""
        known = self.invocations.functions
        return Description(
            state="Running" if self._standing.state in {"ready", "restarting"} else "Error",
            errors=[self._standing.reason] if self._standing.reason else [],
            version=__version__,
            host_id=self._config.host_id,
            functions=[
                admin_document(view, known[view.name])
                for view in self._standing.functions
                if view.name in known
            ],
        )
