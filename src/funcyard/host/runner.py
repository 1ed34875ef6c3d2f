"""One app: its current worker, what it serves, and the change from old code to new.

New code is loaded in a worker aside. If it fails, the error is told with file and line and the last
good worker keeps serving; if it loads, it takes over and the old one drains. A worker that dies is
replaced with a growing delay; requests that arrive meanwhile wait for the new one.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from funcyard import __version__
from funcyard.errors import FuncyardError, UserError
from funcyard.host import manual
from funcyard.host.dispatch import AppDispatcher
from funcyard.host.events import Event
from funcyard.host.functions_view import FunctionView, view_of
from funcyard.host.host_json import read_host_json
from funcyard.host.http.admin import Description
from funcyard.host.http.site import compile_site
from funcyard.host.invocation import Failed, Outcome, Value, WorkerLost
from funcyard.host.listeners.listener import ListenerContext
from funcyard.host.listeners.running import RunningListeners
from funcyard.host.log_levels import LogLevels
from funcyard.host.process import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from pathlib import Path

    from funcyard.functions.model import Function, Index, LoadFailure
    from funcyard.host.events import Events
    from funcyard.host.host_json import HostJson
    from funcyard.host.http.site import Site
    from funcyard.host.invocation import Retry
    from funcyard.host.keys import Keys
    from funcyard.host.storage import StorageAccounts

AppState = Literal["starting", "ready", "failed", "restarting", "stopped"]

_LOAD_SECONDS = 30.0
_DRAIN_SECONDS = 30.0
_FIRST_DELAY = 0.1
_LONGEST_DELAY = 10.0
_HEALTHY_SECONDS = 30.0
_WAIT_FOR_WORKER = 15.0
_TIMEOUT_CHECK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class RunnerConfig:
    """What a runner is given.

    Attributes:
        name: The app's name.
        directory: Its folder.
        host_id: Identifies it in storage.
        settings: Its settings, resolved; they become the worker's environment.
        keys: Access keys where they are enforced.
        storage: Clients for its settings.
    """

    name: str
    directory: Path
    host_id: str
    settings: Mapping[str, str]
    keys: Callable[[list[str]], Keys] | None
    storage: StorageAccounts


class NoSuchFunctionError(UserError):
    """An app has no function of that name."""

    code = "no-such-function"


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
        self.state: AppState = "starting"
        self.reason = ""
        self.functions: tuple[FunctionView, ...] = ()
        self.site: Site | None = None
        self.keys: Keys | None = None
        self._config = config
        self._events = events
        self._child_started = child_started
        self._child_ended = child_ended
        self._interpreter: Path | None = None
        self._worker: Worker | None = None
        self._available = asyncio.Event()
        self._index: dict[str, Function] = {}
        self._plain_http: dict[str, str] = {}
        self._host_json: HostJson | None = None
        self._listeners = RunningListeners()
        self._dispatcher: AppDispatcher | None = None
        self._loading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._restarts = 0
        self._serving_since = 0.0
        self._stopping = False
        self._watching = False

    @property
    def name(self) -> str:
        """The app's name."""
        return self._config.name

    @property
    def worker(self) -> Worker | None:
        """The worker that serves now."""
        return self._worker

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
                worker = await self._start_worker(self._interpreter, host_json)
            except FuncyardError as fault:
                self._failed(fault.message, hint=fault.hint)
                return False
            problem = _problem(worker.index)
            if problem is not None:
                await worker.kill()
                self._load_failed(worker.index.failure, problem)
                return False
            if not self._watching:
                self._watching = True
                self._spawn(self._watch_timeouts())
            await self._take_over(worker, host_json)
            return True

    def fail(self, fault: FuncyardError) -> None:
        """Tell that the app cannot start at all."""
        self._failed(fault.message, hint=fault.hint)

    async def stop(self) -> None:
        """Stop listening, let what runs finish, end the worker."""
        self._stopping = True
        await self._listeners.stop()
        if self._worker is not None:
            await self._worker.drain(_DRAIN_SECONDS)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._config.storage.close()
        self.state = "stopped"

    async def serve(
        self,
        function: Function,
        request: Value,
        *,
        trace: tuple[str, str],
        data: Mapping[str, str],
    ) -> Outcome:
        """Run an HTTP function for a request."""
        parameter = self._plain_http.get(function.name)
        if parameter is None:
            return await self.run(function, request, metadata={}, data=data)
        try:
            outcome = await self._invoke(function, {parameter: request}, {}, None, trace=trace)
        except TimeoutError:
            outcome = _timed_out(function, self._timeout)
        self._events.publish(Event.of_invocation(self.name, function.name, outcome))
        return outcome

    async def run(
        self,
        function: Function,
        trigger: Value,
        *,
        metadata: Mapping[str, Any],
        data: Mapping[str, str],
        retry: Retry | None = None,
    ) -> Outcome:
        """Bind, invoke and write outputs with the newest code: the listeners' dispatcher."""
        if self._dispatcher is None:
            raise WorkerLost(self.name)
        return await self._dispatcher.run(
            function, trigger, metadata=metadata, data=data, retry=retry
        )

    async def invoke_by_name(self, function: str, text: str) -> None:
        """Start any function by hand, in the background."""
        found = self._named(function)
        value, metadata, data = await manual.trigger_for(found, text, self._config.storage)
        self._spawn(self.run(found, value, metadata=metadata, data=data))

    async def run_by_name(self, function: str, text: str) -> Outcome:
        """Run any function by hand and return its outcome.

        Raises:
            FuncyardError: There is no such function, or the text does not suit its trigger.
        """
        found = self._named(function)
        value, metadata, data = await manual.trigger_for(found, text, self._config.storage)
        return await self.run(found, value, metadata=metadata, data=data)

    def describe(self) -> Description:
        """Return what the admin routes tell."""
        return Description(
            state="Running" if self.state in {"ready", "restarting"} else "Error",
            errors=[self.reason] if self.reason else [],
            version=__version__,
            host_id=self._config.host_id,
            functions=[
                {
                    "name": function.name,
                    "isDisabled": function.state == "disabled",
                    "language": "python",
                    "invokeUrlTemplate": function.route if function.trigger == "http" else None,
                    "config": {
                        "bindings": [b.properties for b in self._index[function.name].bindings]
                    },
                }
                for function in self.functions
                if function.name in self._index
            ],
        )

    @property
    def _timeout(self) -> float | None:
        return self._host_json.function_timeout if self._host_json else None

    def _named(self, function: str) -> Function:
        found = next((f for f in self._index.values() if f.name.lower() == function.lower()), None)
        if found is None:
            known = ", ".join(self._index) or "none"
            raise NoSuchFunctionError(
                f"{self.name} has no function {function!r}", hint=f"it has: {known}"
            )
        return found

    async def _invoke(
        self,
        function: Function,
        inputs: Mapping[str, Value],
        metadata: Mapping[str, Any],
        retry: Retry | None,
        *,
        trace: tuple[str, str] = ("", ""),
    ) -> Outcome:
        """Run on the current worker, waiting for one while it is being replaced."""
        worker = self._worker
        if worker is None or not worker.alive:
            try:
                await asyncio.wait_for(self._available.wait(), _WAIT_FOR_WORKER)
            except TimeoutError:
                raise WorkerLost(self.name) from None
            worker = self._worker
            if worker is None:
                raise WorkerLost(self.name)
        if function.name not in self._index:
            return Outcome("", failed=Failed("LookupError", f"{function.name} is gone"))
        return await worker.invoke(function.name, inputs, metadata, retry, trace)

    async def _watch_timeouts(self) -> None:
        """Enforce functionTimeout; the worker is then replaced, since a thread cannot be ended.

        The real host does the same.
        """
        while True:
            await asyncio.sleep(_TIMEOUT_CHECK_SECONDS)
            worker, limit = self._worker, self._timeout
            if worker is not None and limit is not None and worker.expire(limit):
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
            timeout=_LOAD_SECONDS,
        )

    async def _take_over(self, worker: Worker, host_json: HostJson) -> None:
        previous = self._worker
        self._index = {function.name: function for function in worker.index.functions}
        self._plain_http = {
            function.name: function.trigger.name
            for function in worker.index.functions
            if not function.inputs and all(b.type == "http" for b in function.outputs)
        }
        self._host_json = host_json
        views = [
            view_of(function, prefix=host_json.http.route_prefix, settings=self._config.settings)
            for function in worker.index.functions
        ]
        self.site, views = compile_site(self._index, views, host_json.http)
        if self._config.keys is not None:
            self.keys = self._config.keys(list(self._index))
        self._dispatcher = AppDispatcher(
            app=self.name,
            invoke=self._invoke,
            settings=self._config.settings,
            storage=self._config.storage,
            host_json=host_json,
            events=self._events,
        )
        self._worker = worker
        self._available.set()
        self._serving_since = time.monotonic()
        if previous is not None and previous.alive:
            self._spawn(self._retire(previous, worker))
        else:
            worker.activate()
        self.functions = tuple(await self._listen(views, host_json))
        self.state = "ready"
        self.reason = "" if views else "0 functions: nothing is registered on the app"
        self._events.publish(
            Event(
                "app" if previous is None else "reload",
                f"ready: {len(views)} functions, loaded in {worker.load_seconds:.2f} s",
                app=self.name,
                data={"functions": [view.name for view in views]},
            )
        )

    async def _retire(self, previous: Worker, worker: Worker) -> None:
        """Drain the old worker, then tell the new one that what the old one held is free."""
        await previous.drain(_DRAIN_SECONDS)
        worker.activate()

    async def _listen(self, views: list[FunctionView], host_json: HostJson) -> list[FunctionView]:
        wanted = {
            view.name: self._index[view.name]
            for view in views
            if view.trigger != "http" and view.state == "listening"
        }
        context = ListenerContext(
            app=self.name,
            host_id=self._config.host_id,
            settings=self._config.settings,
            host_json=host_json,
            storage=self._config.storage,
            dispatcher=self,
            events=self._events,
        )
        failures = await self._listeners.change(wanted, context)
        views = [
            replace(view, state="failed", reason=failures[view.name])
            if view.name in failures
            else view
            for view in views
        ]
        for view in views:
            if view.reason and view.state != "disabled":
                message = f"{view.name}: {view.reason}"
                self._events.publish(Event("listener", message, app=self.name, level="warning"))
        return views

    def _worker_ended(self, worker: Worker) -> None:
        self._child_ended(worker.pid)
        if worker is not self._worker or self._stopping:
            return
        self._available.clear()
        self._worker = None
        self.state = "restarting"
        self.reason = f"the worker ended with exit code {worker.exit_code}"
        if time.monotonic() - self._serving_since > _HEALTHY_SECONDS:
            self._restarts = 0
        delay = min(_FIRST_DELAY * 2**self._restarts, _LONGEST_DELAY)
        self._restarts += 1
        self._events.publish(
            Event(
                "app",
                f"{self.reason}; restarting in {delay:g} s",
                app=self.name,
                level="error",
            )
        )
        self._spawn(self._restart(delay))

    async def _restart(self, delay: float) -> None:
        await asyncio.sleep(delay)
        if self._worker is None:
            await self.load()

    def _load_failed(self, failure: LoadFailure | None, problem: str) -> None:
        data: dict[str, Any] = {}
        if failure is not None:
            data = {"file": failure.file, "line": failure.line, "kind": failure.kind}
            if failure.traceback:
                self._events.publish(
                    Event("log", failure.traceback.rstrip(), app=self.name, level="error")
                )
        self._failed(problem, data=data)

    def _failed(
        self, message: str, *, hint: str | None = None, data: Mapping[str, Any] | None = None
    ) -> None:
        serving = self._worker is not None
        self.reason = message
        if not serving:
            self.state = "failed"
        text = f"{message}{f' ({hint})' if hint else ''}"
        if serving:
            text += "; the last good code keeps serving"
        self._events.publish(
            Event(
                "reload" if serving else "app",
                text,
                app=self.name,
                level="error",
                data=data or {},
            )
        )

    def _spawn(self, work: Coroutine[Any, Any, object]) -> None:
        async def quietly() -> None:
            try:
                await work
            except FuncyardError as fault:
                self._failed(fault.message, hint=fault.hint)

        task = asyncio.get_running_loop().create_task(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _problem(index: Index) -> str | None:
    """Return why an app cannot serve, None when it can; no functions at all is not a failure."""
    if index.legacy:
        return (
            "there is no function_app.py: the programming model v1 (function.json folders) cannot"
            " run here yet"
        )
    if index.failure is None:
        return None
    where = f"{index.failure.file}:{index.failure.line}: " if index.failure.file else ""
    return f"{where}{index.failure.kind}: {index.failure.message}"


def _timed_out(function: Function, seconds: float | None) -> Outcome:
    message = f"Timeout value of {seconds:g} s was exceeded by function {function.name}"
    return Outcome("", failed=Failed("FunctionTimeoutException", message))
