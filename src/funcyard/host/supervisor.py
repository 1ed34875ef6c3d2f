"""A whole project: the emulator, every app, the watcher, started together and ended together.

``start`` takes the project's lock, ends what a killed run left behind, then brings everything up at
once; an app that cannot start is listed as failed and harms no other. ``stop`` drains the apps,
ends every child and gives the lock up.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from funcyard.errors import FuncyardError
from funcyard.host.azurite import locate
from funcyard.host.azurite.process import AzuriteProcess, Ports
from funcyard.host.control import ControlServer
from funcyard.host.events import Event, Events
from funcyard.host.holder import ProjectLock
from funcyard.host.listening import bind
from funcyard.host.server_log import publish_server_log
from funcyard.host.wanted_modules import bring_with
from funcyard.host.watch import changed_apps
from funcyard.output import plain

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator, Callable, Iterable

    from funcyard.functions.model import Function
    from funcyard.host.app import App
    from funcyard.host.azurite.locate import Azurite
    from funcyard.host.plan import ProjectPlan

    Departures = Callable[[str, Iterable[Function]], list[dict[str, str]]]

_SETTLE_SECONDS = 9.0  # of ten: what is found is still to be told
_ROOMS = ("funcyard.host.apps", "funcyard.host.provision")
"""Slow to import, so that is done while the emulator starts."""


class Supervisor:
    """Runs a project.

    Args:
        plan: What to run.
        azurite: The emulator that was found.
        events: Where everything is published.
        departures: Tells how the functions that an app's worker found depart from what is meant,
            given the app's name and them.
        age: Seconds that the command has taken already; they count for :meth:`settled`.
    """

    def __init__(
        self,
        plan: ProjectPlan,
        azurite: Azurite,
        events: Events,
        *,
        departures: Departures,
        age: float = 0.0,
    ) -> None:
        self.events = events
        self._began = asyncio.get_running_loop().time() - age
        self.apps: list[App] = []
        self._plan = plan
        self._departures = departures
        self._lock = ProjectLock(plan.state)
        self._stop_requested = asyncio.Event()
        self._stop_watching = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._sockets: list[socket.socket] = []
        self._control: ControlServer | None = None
        self._azurite = AzuriteProcess(
            azurite,
            location=plan.storage.directory,
            key=plan.storage.key,
            ports=Ports(*plan.storage.ports),
            events=events,
            spawned=self._lock.storage_started,
        )

    @property
    def connection_string(self) -> str:
        """The emulator's connection string, key included: for children, never for output."""
        return self._azurite.connection_string

    async def start(self) -> None:
        """Bring everything up; apps load in the background, see :meth:`settled`.

        Raises:
            HeldError: Another ``up`` runs the project.
            AzuriteStartError: The emulator does not start.
            PortError: An app's address or port cannot be bound.
        """
        socket_path = self._lock.acquire()
        loop = asyncio.get_running_loop()

        def say(message: str) -> None:
            loop.call_soon_threadsafe(self._warn, message)

        if orphans := await asyncio.to_thread(self._lock.end_orphans, say):
            self._warn(f"ended what a killed run had left behind: {', '.join(map(str, orphans))}")
        publish_server_log(self.events)
        self._bind()
        expected = [one for app in self._plan.apps for one in app.bindings]
        getting_ready = asyncio.to_thread(bring_with, _ROOMS, expected)
        await asyncio.gather(self._azurite.start(), getting_ready)
        from funcyard.host.apps import apps_on  # noqa: PLC0415 - imported just now
        from funcyard.host.provision import provision  # noqa: PLC0415 - imported with them

        self.apps = apps_on(self._plan, self._sockets, self._lock, self.events)
        await provision(self._plan.storage, self._azurite.endpoints)
        urls = {app.url_variable: app.url for app in self.apps}
        for app in self.apps:
            app.configure(connection=self.connection_string, urls=urls)
            self._tasks.append(asyncio.create_task(app.start()))
        self._tasks.append(asyncio.create_task(self._watch()))
        self._control = ControlServer(socket_path, self)
        await self._control.start()

    async def settled(self, *, however_long: bool = False) -> None:
        """Wait until every app serves or has failed: ten seconds at most, installation apart.

        Args:
            however_long: Wait for as long as the apps take.
        """
        installed = asyncio.get_running_loop().time()
        for app in self.apps:
            await app.installed.wait()
        installing = asyncio.get_running_loop().time() - installed
        limit = None if however_long else self._began + installing + _SETTLE_SECONDS
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(limit):
                for app in self.apps:
                    await app.settled.wait()

    async def wait(self) -> None:
        """Wait until somebody asks for the end."""
        await self._stop_requested.wait()

    def request_stop(self) -> None:
        """Ask for the end; :meth:`wait` returns."""
        self._stop_requested.set()

    async def stop(self) -> None:
        """Drain the apps, end every child, release the project; safe after a failed start."""
        self._stop_requested.set()
        self._stop_watching.set()
        # An app's run may call another app: those are there until no trigger's run is left.
        await asyncio.gather(*(app.quiesce() for app in self.apps))
        await asyncio.gather(*(app.stop() for app in self.apps))
        for bound in self._sockets:
            bound.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._control is not None:
            await self._control.stop()
        await self._azurite.stop()
        await asyncio.to_thread(self._lock.release)

    @property
    def in_flight(self) -> int:
        """How many invocations run now."""
        return sum(app.in_flight for app in self.apps)

    def status(self) -> dict[str, Any]:
        """Return apps, functions and storage for tools; no keys.

        Each app that is ready has its ``departures``, as its newest code is; another has none.
        """
        return {
            "apps": [self._told(app) for app in self.apps],
            "storage": self._azurite.endpoints,
        }

    def _told(self, app: App) -> dict[str, Any]:
        told = app.as_dict()
        found = app.runner.invocations.functions.values() if told["state"] == "ready" else None
        told["departures"] = [] if found is None else self._departures(app.name, found)
        return told

    async def invoke(self, app: str, function: str, text: str) -> dict[str, Any]:
        """Run a function by hand and return its outcome."""
        runner = self._app(app).runner
        if runner.state in {"starting", "failed"}:
            raise NotServingError(app, runner.reason)
        outcome = await runner.invocations.run_by_name(function, text)
        returned = outcome.returned
        return {
            "invocation_id": outcome.invocation_id,
            "ok": outcome.failed is None,
            "seconds": outcome.seconds,
            "failure": plain(outcome.failed) if outcome.failed else None,
            "returned": returned.body.decode("utf-8", "replace") if returned else None,
            "status": (returned.head or {}).get("s") if returned else None,
        }

    async def logs(self, *, app: str, count: int, follow: bool) -> AsyncIterator[dict[str, Any]]:
        """Yield events for another command."""
        if app:
            self._app(app)
        following = self.events.follow() if follow else None
        for event in self.events.recent(count):
            if app in ("", event.app):
                yield event.as_dict()
        if following is not None:
            async for batch in following:
                for event in batch:
                    if app in ("", event.app):
                        yield event.as_dict()

    def _app(self, name: str) -> App:
        for app in self.apps:
            if app.name == name:
                return app
        known = ", ".join(app.name for app in self.apps)
        raise NoSuchAppError(f"there is no app {name!r} here", hint=f"there are: {known}")

    def _bind(self) -> None:
        """Let each app listen at its port or, where that is busy, at another, and say so."""
        wanted = {plan.port for plan in self._plan.apps} | set(self._plan.storage.ports)
        for plan in self._plan.apps:
            bound = bind(self._plan.address, plan.port, wanted)
            self._sockets.append(bound)
            port = bound.getsockname()[1]
            if plan.port not in (0, port):
                message = f"port {plan.port} is busy: {plan.name} is at {port}"
                self._warn(message)

    def _warn(self, message: str) -> None:
        self.events.publish(Event("app", message, level="warning"))

    async def _watch(self) -> None:
        folders = {app.name: app.folders for app in self.apps}
        async for concerned in changed_apps(folders, self._stop_watching):
            await asyncio.gather(*(self._app(name).reload() for name in concerned))


class NotServingError(FuncyardError):
    """An app of the running project serves nothing: it failed, or is still loading."""

    code = "not-serving"

    def __init__(self, app: str, reason: str) -> None:
        super().__init__(
            f"{app} failed: {reason}" if reason else f"{app} is still loading",
            hint=f"funcyard logs --app {app} shows more",
        )


class NoSuchAppError(FuncyardError):
    """The running project has no app of that name."""

    code = "no-such-app"


async def find_azurite(places: locate.Places) -> Azurite:
    """Find the emulator without holding the loop up; raises as :func:`locate.find` does."""
    return await asyncio.to_thread(locate.find, places)
