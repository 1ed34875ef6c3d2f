"""One app: its current worker, what it serves, and the change from old code to new.

New code is loaded in a worker aside. If it fails, the error is told with file and line and the last
good worker keeps serving; if it loads, it takes over and the old one drains. A worker that dies is
replaced with a growing delay; requests that arrive meanwhile wait for the new one.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from funcyard import __version__
from funcyard.errors import FuncyardError
from funcyard.host.events import Event
from funcyard.host.functions_view import admin_document, view_of
from funcyard.host.host_json import read_host_json
from funcyard.host.http.gateway import Description
from funcyard.host.http.site import compile_site
from funcyard.host.invocation import WorkerLost
from funcyard.host.invoking import WAIT_FOR_WORKER, Invocations
from funcyard.host.keys import EVENT_GRID_KEY
from funcyard.host.listeners.listener import ListenerContext
from funcyard.host.listeners.running import RunningListeners
from funcyard.host.listeners.suspects import Suspects
from funcyard.host.log_levels import LogLevels
from funcyard.host.process import Worker
from funcyard.host.restart_pace import RestartPace
from funcyard.host.standing import Standing, problem_of
from funcyard.host.topics import Topics
from funcyard.settings import is_on

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from pathlib import Path

    from funcyard.functions.model import Function
    from funcyard.host.events import Events
    from funcyard.host.functions_view import FunctionView
    from funcyard.host.host_json import HostJson
    from funcyard.host.http.site import Site
    from funcyard.host.invocation import Outcome, Value
    from funcyard.host.keys import KeysFile
    from funcyard.host.standing import AppState
    from funcyard.host.storage import StorageAccounts

_LOAD_SECONDS = 30.0
_DRAIN_SECONDS = 30.0
_TIMEOUT_CHECK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class RunnerConfig:
    """What a runner is given.

    Attributes:
        name: The app's name.
        directory: Its folder.
        host_id: Identifies it in storage.
        settings: Its settings, resolved; they become the worker's environment.
        keys: Gives the access keys of functions and the system keys of those names, where keys
            are enforced.
        storage: Clients for its settings.
    """

    name: str
    directory: Path
    host_id: str
    settings: Mapping[str, str]
    keys: Callable[[list[str], list[str]], KeysFile] | None
    storage: StorageAccounts


class AppRunner:
    """Runs one app until stopped.

    Args:
        config: Where it lies and what it gets.
        events: Where states and failures are published.
        child_started: Told the id of every worker process.
        child_ended: Told when one has ended.
    """

    def __init__(
        self,
        config: RunnerConfig,
        events: Events,
        *,
        child_started: Callable[[int], None],
        child_ended: Callable[[int], None],
    ) -> None:
        self.site: Site | None = None
        self.keys: KeysFile | None = None
        self._topics = Topics()
        self.invocations = Invocations(
            config.name, config.settings, config.storage, self._topics, events
        )
        self._config = config
        self._events = events
        self._standing = Standing(config.name, events)
        self._child_started = child_started
        self._child_ended = child_ended
        self._interpreter: Path | None = None
        self._starting: asyncio.Task[Worker] | None = None
        self._listeners = RunningListeners()
        self._suspects = Suspects()
        self._retiring: set[Worker] = set()
        self._quieting: asyncio.Task[None] | None = None
        self._drained_by = 0.0
        self._loading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._pace = RestartPace()
        self._stopping = False
        self._watching = False

    @property
    def name(self) -> str:
        """The app's name."""
        return self._config.name

    @property
    def state(self) -> AppState:
        """Whether it serves."""
        return self._standing.state

    @property
    def reason(self) -> str:
        """Why it does not serve, or what is wrong although it does; else empty."""
        return self._standing.reason

    @property
    def functions(self) -> tuple[FunctionView, ...]:
        """The functions of the code that serves."""
        return self._standing.functions

    @property
    def in_flight(self) -> int:
        """How many invocations run now."""
        workers = {*self._retiring, self.invocations.worker}
        return sum(worker.in_flight for worker in workers if worker is not None)

    async def load(self, interpreter: Path | None = None) -> bool:
        """Load the code aside and let it take over; return whether it did.

        A failure is published and kept in ``reason``; what served before keeps serving.

        Args:
            interpreter: The app's Python from now on; the one of the load before where it is None.
        """
        async with self._loading:
            self._interpreter = interpreter or self._interpreter
            if self._stopping or self._interpreter is None:
                return False
            try:
                host_json = read_host_json(self._config.directory / "host.json")
                self._starting = asyncio.create_task(
                    self._start_worker(self._interpreter, host_json)
                )
                worker = await self._starting
            except FuncyardError as fault:
                self.fail(fault)
                return False
            except asyncio.CancelledError:
                if self._stopping:
                    return False
                raise
            problem = problem_of(worker.index)
            if problem is not None:
                await worker.kill()
                self._standing.load_failed(worker.index.failure, problem, serving=self._is_serving)
                return False
            if not self._watching:
                self._watching = True
                self._spawn(self._watch_timeouts())
            await self._take_over(worker, host_json)
            return True

    def fail(self, fault: FuncyardError) -> None:
        """Tell that the app cannot start, or that its new code cannot."""
        self._standing.failed(fault.message, hint=fault.hint, serving=self._is_serving)

    async def tried(self) -> None:
        """Wait until the code has been loaded once, or could not be; fifteen seconds at most."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._standing.tried.wait(), WAIT_FOR_WORKER)

    async def quiesce(self) -> None:
        """Let nothing but HTTP start a run any more, and wait for what triggers have started.

        It waits thirty seconds at most; :meth:`stop` ends what still runs then.
        """
        self._stopping = True
        self._standing.tried.set()
        loop = asyncio.get_running_loop()
        self._drained_by = loop.time() + _DRAIN_SECONDS
        if self._starting is not None and not self._starting.done():
            self._starting.cancel()
            await asyncio.wait([self._starting])
        self._quieting = loop.create_task(self._listeners.stop())
        await asyncio.wait([self._quieting], timeout=_DRAIN_SECONDS)

    async def stop(self) -> None:
        """Begin nothing new, let what runs finish until the time given to it ends, end workers."""
        if self._quieting is None:
            await self.quiesce()
        self.invocations.close()
        left = max(self._drained_by - asyncio.get_running_loop().time(), 0)
        workers = set(self._retiring)
        if self.invocations.worker is not None:
            workers.add(self.invocations.worker)
        await asyncio.gather(*(worker.drain(left) for worker in workers))
        if self._quieting is not None:
            await self._quieting
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._config.storage.close()
        await self._topics.close()
        self._standing.state = "stopped"

    async def serve(
        self,
        function: Function,
        request: Value,
        *,
        trace: tuple[str, str],
        data: Mapping[str, str],
    ) -> Outcome:
        """Run an HTTP function for a request; see :meth:`Invocations.serve`."""
        return await self.invocations.serve(function, request, trace=trace, data=data)

    async def run(
        self,
        function: Function,
        trigger: Value,
        *,
        metadata: Mapping[str, Any],
        data: Mapping[str, str],
    ) -> Outcome:
        """Run a function for an event that was delivered; see :meth:`Invocations.run`."""
        return await self.invocations.run(function, trigger, metadata=metadata, data=data)

    async def invoke_by_name(self, function: str, text: str) -> None:
        """Start any function by hand, in the background; what stops it is told as trouble."""
        self._spawn(self._run_by_hand(function, text))

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
            state="Running" if self.state in {"ready", "restarting"} else "Error",
            errors=[self.reason] if self.reason else [],
            version=__version__,
            host_id=self._config.host_id,
            functions=[
                admin_document(view, known[view.name])
                for view in self.functions
                if view.name in known
            ],
        )

    @property
    def _is_serving(self) -> bool:
        return self.invocations.worker is not None

    async def _watch_timeouts(self) -> None:
        """Enforce functionTimeout; the worker is then replaced, since a thread cannot be ended.

        The real host does the same.
        """
        while True:
            await asyncio.sleep(_TIMEOUT_CHECK_SECONDS)
            worker, limit = self.invocations.worker, self.invocations.timeout
            if limit is None:
                continue
            for retired in self._retiring:
                retired.expire(limit)
            if worker is not None and worker.expire(limit):
                message = "functionTimeout was exceeded; the worker is replaced"
                self._events.publish(Event("app", message, app=self.name, level="error"))
                await self.load()

    async def _start_worker(self, interpreter: Path, host_json: HostJson) -> Worker:
        return await Worker.start(
            self.name,
            self._config.directory,
            interpreter=interpreter,
            environment=self._config.settings,
            events=self._events,
            levels=LogLevels(host_json.log_levels),
            started=self._child_started,
            ended=self._worker_ended,
            timeout=_load_limit(self._config.settings),
        )

    async def _take_over(self, worker: Worker, host_json: HostJson) -> None:
        previous = self.invocations.worker
        functions = {function.name: function for function in worker.index.functions}
        views = [
            view_of(function, prefix=host_json.http.route_prefix, settings=self._config.settings)
            for function in worker.index.functions
        ]
        self.site, views = compile_site(functions, views, host_json.http)
        if self._config.keys is not None:
            system = [EVENT_GRID_KEY] if self.site.event_grid else []
            self.keys = self._config.keys(list(functions), system)
        self.invocations.use(worker, host_json)
        self._standing.tried.set()
        self._pace.serving()
        if previous is not None and previous.alive:
            self._spawn(self._retire(previous, worker))
        else:
            worker.activate()
        views = await self._listen(views, host_json)
        self._standing.ready(views, worker.load_seconds, reloaded=previous is not None)

    async def _retire(self, previous: Worker, worker: Worker) -> None:
        """Drain the old worker, then tell the new one that what the old one held is free.

        A stream that goes on is not cut short by new code; functionTimeout ends it, too.
        """
        self._retiring.add(previous)
        try:
            await previous.drain(_DRAIN_SECONDS, while_streaming=True)
        finally:
            self._retiring.discard(previous)
        worker.activate()

    async def _listen(self, views: list[FunctionView], host_json: HostJson) -> list[FunctionView]:
        context = ListenerContext(
            app=self.name,
            host_id=self._config.host_id,
            settings=self._config.settings,
            host_json=host_json,
            storage=self._config.storage,
            dispatcher=self.invocations,
            suspects=self._suspects,
            events=self._events,
        )
        return await self._listeners.listen(views, self.invocations.functions, context)

    def _worker_ended(self, worker: Worker) -> None:
        self._child_ended(worker.pid)
        if worker is not self.invocations.worker:
            return
        if self._stopping:
            self.invocations.close()
            return
        self.invocations.lost()
        delay = self._pace.next_delay()
        self._standing.restarting(worker.exit_code, delay)
        self._spawn(self._restart(delay))

    async def _restart(self, delay: float) -> None:
        await asyncio.sleep(delay)
        if self.invocations.worker is None:
            await self.load()

    def _spawn(self, work: Coroutine[Any, Any, object]) -> None:
        async def quietly() -> None:
            try:
                await work
            except FuncyardError as fault:
                self.fail(fault)

        task = asyncio.get_running_loop().create_task(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _load_limit(settings: Mapping[str, str]) -> float | None:
    """Return the seconds that loading may take; none where the app waits for a debugger first."""
    waits = is_on(settings, "ENABLE_DEBUGGING") and is_on(settings, "DEBUG_WAIT")
    return None if waits else _LOAD_SECONDS
