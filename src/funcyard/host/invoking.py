"""Runs functions of one app on whichever worker is the newest.

Listeners, the HTTP server and people by hand all come through here, so none of them knows that
workers change. While a worker is being replaced after a crash, what arrives waits for the next one.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from funcyard.errors import UserError
from funcyard.functions.model import HTTP_STREAMS
from funcyard.host import manual
from funcyard.host.events import Event
from funcyard.host.exchange import KeptResponse, StreamedRequest, by_hand
from funcyard.host.functions_view import why_unsupported
from funcyard.host.invocation import NoWorkerError, WorkerLost
from funcyard.settings import is_on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.functions.model import Function
    from funcyard.host.dispatch import AppDispatcher
    from funcyard.host.events import Events
    from funcyard.host.exchange import Exchange
    from funcyard.host.host_json import HostJson
    from funcyard.host.invocation import Outcome, Retry, Value
    from funcyard.host.process import Worker
    from funcyard.host.storage import StorageAccounts
    from funcyard.host.topics import Topics

WAIT_FOR_WORKER: Final = 15.0
"""Seconds that what arrives waits for a worker, before the first one and after a crash."""


class NoSuchFunctionError(UserError):
    """An app has no function of that name."""

    code = "no-such-function"


class UnsupportedFunctionError(UserError):
    """A function has what this host cannot serve yet."""

    code = "unsupported-function"


class Invocations:
    """The way to an app's functions.

    Args:
        app: The app's name.
        settings: Its settings.
        storage: Clients of its storage accounts.
        topics: Clients of the topics that it sends events to.
        events: Where each run is told.
    """

    def __init__(
        self,
        app: str,
        settings: Mapping[str, str],
        storage: StorageAccounts,
        topics: Topics,
        events: Events,
    ) -> None:
        self.functions: dict[str, Function] = {}
        self._app = app
        self._settings = settings
        self._storage = storage
        self._topics = topics
        self._events = events
        self._worker: Worker | None = None
        self._available = asyncio.Event()
        self._closed = False
        self._host_json: HostJson | None = None
        self._dispatcher: AppDispatcher | None = None
        self._plain_http: dict[str, str] = {}
        self._streamed: frozenset[str] = frozenset()

    @property
    def worker(self) -> Worker | None:
        """The worker that serves now."""
        return self._worker

    @property
    def timeout(self) -> float | None:
        """``functionTimeout`` in seconds, None without limit: where a debugger may stop a run."""
        if self._host_json is None or is_on(self._settings, "ENABLE_DEBUGGING"):
            return None
        return self._host_json.function_timeout

    @property
    def ready(self) -> bool:
        """Whether there is a worker that takes invocations."""
        return self._worker is not None and self._worker.alive and not self._closed

    def use(self, worker: Worker, host_json: HostJson) -> None:
        """Send everything to this worker from now on."""
        functions = worker.index.functions
        self.functions = {function.name: function for function in functions}
        self._plain_http = {
            function.name: function.trigger.name
            for function in functions
            if not function.inputs and all(b.type == "http" for b in function.outputs)
        }
        self._streamed = frozenset(f.name for f in functions if HTTP_STREAMS in f.needs)
        self._host_json = host_json
        self._dispatcher = None
        self._worker = worker
        self._available.set()

    def lost(self) -> None:
        """Hold what arrives until there is a worker again."""
        self._available.clear()
        self._worker = None

    def close(self) -> None:
        """Begin nothing new; what waits for a worker is told that there will be none."""
        self._closed = True
        self._available.set()

    async def serve(
        self,
        function: Function,
        request: Value,
        *,
        trace: tuple[str, str],
        data: Mapping[str, str],
    ) -> Outcome:
        """Run an HTTP function for a request; one without other bindings takes the short way.

        Raises:
            NoWorkerError: None came in time; nothing ran.
            WorkerLost: The worker died under it.
        """
        parameter = self._plain_http.get(function.name)
        if parameter is None:
            return await self.run(function, request, metadata={}, data=data)
        outcome = await self._invoke(function, {parameter: request}, {}, None, trace=trace)
        self._events.publish(Event.of_invocation(self._app, function.name, outcome))
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
        """Bind, invoke and write outputs: what listeners know as their dispatcher.

        Raises:
            NoWorkerError: None came in time; nothing ran.
            WorkerLost: The worker died under it.
        """
        if self._host_json is None:
            raise NoWorkerError(self._app)
        if self._dispatcher is None:
            self._dispatcher = self._new_dispatcher(self._host_json)
        return await self._dispatcher.run(
            function, trigger, metadata=metadata, data=data, retry=retry
        )

    async def run_by_name(self, function: str, text: str) -> Outcome:
        """Run any function by hand and return its outcome.

        Raises:
            NoSuchFunctionError: There is no such function.
            UnsupportedFunctionError: It cannot run here.
            ManualInputError: The text does not suit its trigger.
            NoWorkerError: None came in time; nothing ran.
            WorkerLost: The worker died under it.
        """
        found = self._runnable(function)
        value, metadata, data = await manual.trigger_for(found, text, self._storage)
        if HTTP_STREAMS not in found.needs:
            return await self.run(found, value, metadata=metadata, data=data)
        kept = KeptResponse()
        outcome = await self.run(found, by_hand(value, kept), metadata=metadata, data=data)
        return replace(outcome, returned=kept.value)

    def check_runnable(self, function: str) -> None:
        """Refuse a function that there is not, or that cannot run here.

        Raises:
            NoSuchFunctionError: There is none of that name.
            UnsupportedFunctionError: It cannot run here.
        """
        self._runnable(function)

    def _runnable(self, function: str) -> Function:
        """Return a function that can run here, by its name in any case."""
        wanted = function.lower()
        found = next((f for f in self.functions.values() if f.name.lower() == wanted), None)
        if found is None:
            known = ", ".join(self.functions) or "none"
            raise NoSuchFunctionError(
                f"{self._app} has no function {function!r}", hint=f"it has: {known}"
            )
        if why := why_unsupported(found):
            raise UnsupportedFunctionError(f"{found.name}: {why}")
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
            worker = await self._next_worker()
        exchange: Exchange | None = None
        if function.needs:
            trigger = inputs[function.trigger.name]
            exchange = trigger.exchange if isinstance(trigger, StreamedRequest) else None
        if (exchange is not None) != (function.name in self._streamed):
            # New code has changed the kind of request under this one.
            raise NoWorkerError(self._app)
        try:
            return await worker.invoke(function.name, inputs, metadata, retry, trace, exchange)
        except WorkerLost as lost:
            self._events.publish(Event.of_invocation(self._app, function.name, lost.outcome))
            raise

    def _new_dispatcher(self, host_json: HostJson) -> AppDispatcher:
        from funcyard.host.dispatch import AppDispatcher  # noqa: PLC0415 - HTTP alone needs none

        return AppDispatcher(
            app=self._app,
            invoke=self._invoke,
            settings=self._settings,
            storage=self._storage,
            topics=self._topics,
            host_json=host_json,
            events=self._events,
        )

    async def _next_worker(self) -> Worker:
        self._available.clear()
        if not self._closed:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WAIT_FOR_WORKER):
                    await self._available.wait()
        if self._closed or self._worker is None:
            raise NoWorkerError(self._app)
        return self._worker
