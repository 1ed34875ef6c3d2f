"""One app of a running project: its address, its environment, its runner and its HTTP server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from funcyard.errors import FuncyardError
from funcyard.host.address import is_loopback
from funcyard.host.app_settings import app_settings
from funcyard.host.environments import Wanted, ensure_environment, is_current, python_of
from funcyard.host.events import Event
from funcyard.host.http.asgi import HttpApp
from funcyard.host.interpreters import find_interpreter
from funcyard.host.keys import KeysFile
from funcyard.host.runner import AppRunner
from funcyard.host.runner_config import RunnerConfig
from funcyard.host.server import HttpServer
from funcyard.host.storage import StorageAccounts
from funcyard.settings import is_on

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from funcyard.host.events import Events
    from funcyard.host.functions_view import FunctionView
    from funcyard.host.holder import ProjectLock
    from funcyard.host.plan import AppPlan, ProjectPlan


class App:
    """An app from its bound socket to its end.

    Args:
        project: The project's plan.
        plan: The app's plan.
        bound: The socket it listens on.
        url: Base URL of that socket.
        events: Where it reports.
        lock: Records its worker processes.
    """

    def __init__(
        self,
        project: ProjectPlan,
        plan: AppPlan,
        bound: socket.socket,
        url: str,
        events: Events,
        lock: ProjectLock,
    ) -> None:
        self.name = plan.name
        self.url = url
        self.url_variable = plan.url_variable
        self.installed = asyncio.Event()
        self.settled = asyncio.Event()
        self.runner: AppRunner
        self._project = project
        self._plan = plan
        self._bound = bound
        self._events = events
        self._lock = lock
        self._settings: dict[str, str] = {}
        self._server: HttpServer | None = None
        self._reason = ""
        self._dirty = False
        self._reloading = False

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders whose sources belong to the app."""
        return (self._plan.directory, *self._plan.packages)

    @property
    def in_flight(self) -> int:
        """How many invocations run now."""
        return self.runner.in_flight if hasattr(self, "runner") else 0

    def configure(self, *, connection: str, urls: Mapping[str, str]) -> None:
        """Resolve the app's settings once the emulator and every address are known."""
        self._settings = app_settings(self._project, self._plan, connection=connection, urls=urls)
        self.runner = AppRunner(
            RunnerConfig(
                name=self.name,
                directory=self._plan.directory,
                host_id=self._settings["AzureFunctionsWebHost__hostid"],
                settings=self._settings,
                keys=self._load_keys if self._enforce_keys else None,
                storage=StorageAccounts(self._settings),
            ),
            self._events,
            child_started=self._lock.started,
            child_ended=self._lock.ended,
        )

    async def start(self) -> None:
        """Install what is missing, load the code, serve."""
        try:
            self._server = HttpServer(HttpApp(self.runner.gateway), self._bound)
            await self._server.start()
            interpreter = await self._interpreter()
            self.installed.set()
            await self.runner.load(interpreter)
        except FuncyardError as fault:
            self.runner.fail(fault)
        finally:
            self.installed.set()
            self.settled.set()

    async def reload(self) -> None:
        """Load changed code; changes that come meanwhile are loaded once, afterwards."""
        self._dirty = True
        if self._reloading or not self.installed.is_set():
            return
        self._reloading = True
        try:
            while self._dirty:
                self._dirty = False
                await self.runner.load()
        finally:
            self._reloading = False

    async def quiesce(self) -> None:
        """Let triggers start nothing new and wait for what they have started; HTTP goes on."""
        if hasattr(self, "runner"):
            await self.runner.quiesce()

    async def stop(self) -> None:
        """Stop listening, drain, end the worker, stop serving."""
        if hasattr(self, "runner"):
            await self.runner.stop()
        if self._server is not None:
            await self._server.stop()

    def as_dict(self) -> dict[str, Any]:
        """Return the app as tools see it."""
        if not self.settled.is_set():
            state, reason = "failed", "not ready yet: it is still loading"
        else:
            state, reason = self.runner.state, self.runner.reason
        return app_document(self.name, self.url, state, reason, self.runner.functions)

    @property
    def _enforce_keys(self) -> bool:
        return self._project.enforce_keys or not is_loopback(self._project.address)

    def _load_keys(self, functions: list[str], system: list[str]) -> KeysFile:
        return KeysFile(self._project.state / "keys" / f"{self.name}.json", functions, system)

    async def _interpreter(self) -> Path:
        if self._project.interpreter is not None:
            return self._project.interpreter
        environment = self._plan.directory / ".venv"
        base = await find_interpreter(self._plan.python, self._project.process)
        wanted = Wanted(self._plan.requirements, self._plan.packages, debugger=self._wants_debugger)
        if not self._project.install:
            if not is_current(environment, wanted, base):
                self._say("the environment is not what the lock says; --no-install keeps it")
            return python_of(environment) if python_of(environment).exists() else base
        return await ensure_environment(
            environment, wanted, base, process=self._project.process, say=self._say
        )

    @property
    def _wants_debugger(self) -> bool:
        return is_on(self._settings, "ENABLE_DEBUGGING")

    def _say(self, message: str) -> None:
        self._events.publish(Event("app", message, app=self.name))


def app_document(
    name: str, url: str, state: str, reason: str, functions: Sequence[FunctionView]
) -> dict[str, Any]:
    """Return an app and its functions as tools see them; no keys."""
    return {
        "name": name,
        "url": url,
        "state": state,
        "reason": reason,
        "functions": [_function(view) for view in functions],
    }


def _function(view: FunctionView) -> dict[str, Any]:
    return {
        "name": view.name,
        "trigger": view.trigger,
        "route": view.route,
        "methods": list(view.methods),
        "state": view.state,
        "reason": view.reason,
    }
