"""One app: its current worker, what it serves, and the change from old code to new.

New code is loaded in a worker aside. If it fails, the error is told with file and line and the last
good worker keeps serving; if it loads, it takes over and the old one drains. A worker that dies is
replaced with a growing delay; requests that arrive meanwhile wait for the new one.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from funcyard.errors import FuncyardError
from funcyard.host import retiring
from funcyard.host.background import Background
from funcyard.host.events import Event
from funcyard.host.functions_view import view_of
from funcyard.host.http.gateway import Gateway
from funcyard.host.http.site import compile_site
from funcyard.host.invoking import Invocations
from funcyard.host.listeners.listener import ListenerContext
from funcyard.host.listeners.running import RunningListeners
from funcyard.host.listeners.suspects import Suspects
from funcyard.host.loading import Loading
from funcyard.host.restart_pace import RestartPace
from funcyard.host.retiring import Retiring
from funcyard.host.standing import Standing, problem_of
from funcyard.host.timeouts import watch_timeouts
from funcyard.host.topics import Topics

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from funcyard.host.events import Events
    from funcyard.host.functions_view import FunctionView
    from funcyard.host.host_json import HostJson
    from funcyard.host.loading import Loaded
    from funcyard.host.process import Worker
    from funcyard.host.runner_config import RunnerConfig
    from funcyard.host.standing import AppState


class AppRunner:
    """Runs one app until stopped.

    Args:
        config: Where it lies and what it gets.
        events: Where states and failures are published.
        child_started: Told the id of every worker process.
        child_ended: Told when one has ended.

    Attributes:
        gateway: What HTTP asks of it.
        invocations: Run its functions.
    """

    def __init__(
        self,
        config: RunnerConfig,
        events: Events,
        *,
        child_started: Callable[[int], None],
        child_ended: Callable[[int], None],
    ) -> None:
        self._topics = Topics()
        self.invocations = Invocations(
            config.name, config.settings, config.storage, self._topics, events
        )
        self._config = config
        self._events = events
        self._standing = Standing(config.name, events)
        self._background = Background(self.fail)
        self.gateway = Gateway(config, self._standing, self.invocations, self._background, events)
        self._child_ended = child_ended
        self._interpreter: Path | None = None
        self._aside = Loading(
            config.name,
            config.directory,
            config.settings,
            events,
            started=child_started,
            ended=self._worker_ended,
        )
        self._listeners = RunningListeners()
        self._suspects = Suspects()
        self._retiring = Retiring()
        self._quieting: asyncio.Task[None] | None = None
        self._drained_by = 0.0
        self._loading = asyncio.Lock()
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
                loaded = await self._aside.load(self._interpreter)
            except FuncyardError as fault:
                self.fail(fault)
                return False
            except asyncio.CancelledError:
                if self._stopping:
                    return False
                raise
            index = loaded.worker.index
            problem = problem_of(index)
            if problem is not None:
                await loaded.worker.kill()
                self._standing.load_failed(index.failure, problem, serving=self._is_serving)
                return False
            if not self._watching:
                self._watching = True
                self._background.spawn(
                    watch_timeouts(self.invocations, self._retiring, self._timed_out)
                )
            await self._take_over(loaded)
            return True

    def fail(self, fault: FuncyardError) -> None:
        """Tell that the app cannot start, or that its new code cannot."""
        self._standing.failed(fault.message, hint=fault.hint, serving=self._is_serving)

    async def quiesce(self) -> None:
        """Let nothing but HTTP start a run any more, and wait for what triggers have started.

        It waits thirty seconds at most; :meth:`stop` ends what still runs then.
        """
        self._stopping = True
        self._standing.tried.set()
        loop = asyncio.get_running_loop()
        self._drained_by = loop.time() + retiring.DRAIN_SECONDS
        await self._aside.cancel()
        self._quieting = loop.create_task(self._listeners.stop())
        await asyncio.wait([self._quieting], timeout=retiring.DRAIN_SECONDS)

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
        await self._background.end()
        await self._config.storage.close()
        await self._topics.close()
        self._standing.state = "stopped"

    @property
    def _is_serving(self) -> bool:
        return self.invocations.worker is not None

    async def _timed_out(self) -> None:
        message = "functionTimeout was exceeded; the worker is replaced"
        self._events.publish(Event("app", message, app=self.name, level="error"))
        await self.load()

    async def _take_over(self, loaded: Loaded) -> None:
        worker, host_json, previous = loaded.worker, loaded.host_json, self.invocations.worker
        functions = {function.name: function for function in worker.index.functions}
        views = [
            view_of(function, prefix=host_json.http.route_prefix, settings=self._config.settings)
            for function in worker.index.functions
        ]
        site, views = compile_site(functions, views, host_json.http)
        self.gateway.use(site, list(functions))
        self.invocations.use(worker, host_json)
        self._standing.tried.set()
        self._pace.serving()
        if previous is not None and previous.alive:
            self._background.spawn(self._retiring.retire(previous, worker))
        else:
            worker.activate()
        views = await self._listen(views, host_json)
        self._standing.ready(views, worker.load_seconds, reloaded=previous is not None)

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
        self._background.spawn(self._restart(delay))

    async def _restart(self, delay: float) -> None:
        await asyncio.sleep(delay)
        if self.invocations.worker is None:
            await self.load()
