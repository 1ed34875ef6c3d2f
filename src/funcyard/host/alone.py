"""One function app, served alone: what a container runs.

No emulator, no installation, no live reload and no other apps: everything the app needs comes with
its settings, as on the real host. :class:`~funcyard.host.supervisor.Supervisor` runs projects.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from funcyard.host.app import app_document
from funcyard.host.http.asgi import HttpApp
from funcyard.host.keys import KeysFile
from funcyard.host.listening import bind
from funcyard.host.runner import AppRunner
from funcyard.host.runner_config import RunnerConfig
from funcyard.host.server import HttpServer
from funcyard.host.server_log import publish_server_log
from funcyard.host.storage import StorageAccounts
from funcyard.host.worker_arguments import debugger_settings
from funcyard.listening import PortError, url_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from funcyard.host.events import Events


@dataclass(frozen=True, slots=True)
class AlonePlan:
    """What is served, and where.

    Attributes:
        name: The app's name.
        directory: Where host.json and the functions lie, absolute.
        interpreter: The Python that has the app's packages.
        settings: Its settings; they become the worker's environment.
        address: Where it listens.
        port: The port; 0 for any. A busy one is a fault: whoever runs a container has mapped it.
        keys: File of the access keys, made where it does not exist; None asks for no keys.
    """

    name: str
    directory: Path
    interpreter: Path
    settings: Mapping[str, str]
    address: str
    port: int
    keys: Path | None


class LoneApp:
    """Serves one app until told to stop.

    Args:
        plan: What to serve.
        events: Where states, invocations and logs are published.

    Raises:
        WorkerArgumentsError: The settings ask for a debugger in a way that is not understood.
    """

    def __init__(self, plan: AlonePlan, events: Events) -> None:
        self._plan = plan
        self._events = events
        self._stop_requested = asyncio.Event()
        self._server: HttpServer | None = None
        self._url = ""
        settings = {**plan.settings, **debugger_settings(plan.settings)}
        settings |= {"FUNCTIONS_WORKER_RUNTIME": "python", "PYTHONUNBUFFERED": "1"}
        self._runner = AppRunner(
            RunnerConfig(
                name=plan.name,
                directory=plan.directory,
                host_id=settings.get("AzureFunctionsWebHost__hostid") or plan.name.lower(),
                settings=settings,
                keys=self._load_keys if plan.keys is not None else None,
                storage=StorageAccounts(settings),
            ),
            events,
            child_started=lambda _: None,
            child_ended=lambda _: None,
        )

    async def start(self) -> None:
        """Listen, then load the app; one that does not load is told, and answers 503.

        Raises:
            PortError: The address is not this machine's, or the port is busy.
        """
        publish_server_log(self._events)
        plan = self._plan
        bound = bind(plan.address, plan.port, set())
        if plan.port not in (0, bound.getsockname()[1]):
            bound.close()
            raise PortError(f"cannot listen on {plan.address}:{plan.port}: the port is busy")
        self._url = url_of(bound)
        self._server = HttpServer(HttpApp(self._runner.gateway), bound)
        await self._server.start()
        await self._runner.load(plan.interpreter)

    async def wait(self) -> None:
        """Wait until somebody asks for the end."""
        await self._stop_requested.wait()

    def request_stop(self) -> None:
        """Ask for the end; :meth:`wait` returns."""
        self._stop_requested.set()

    async def stop(self) -> None:
        """Let running functions finish, end the worker, stop serving."""
        await self._runner.stop()
        if self._server is not None:
            await self._server.stop()

    @property
    def in_flight(self) -> int:
        """How many invocations run now."""
        return self._runner.in_flight

    def status(self) -> dict[str, Any]:
        """Return the app and its functions for tools; no keys."""
        app = self._runner
        document = app_document(app.name, self._url, app.state, app.reason, app.functions)
        return {"apps": [document], "storage": {}}

    def _load_keys(self, functions: list[str], system: list[str]) -> KeysFile:
        assert self._plan.keys is not None  # noqa: S101 - only then is this method handed on
        return KeysFile(self._plan.keys, functions, system)
