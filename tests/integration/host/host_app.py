"""An app whose functions are Python callables, everything around them real: for these tests."""

from __future__ import annotations

import asyncio
import base64
import secrets
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from funcyard.functions.model import Binding, Function, Json
from funcyard.host.dispatch import AppDispatcher
from funcyard.host.events import Events
from funcyard.host.host_json import HostJson
from funcyard.host.invocation import Failed, Outcome, Value
from funcyard.host.listeners.listener import ListenerContext
from funcyard.host.listeners.suspects import Suspects
from funcyard.host.storage import StorageAccounts
from funcyard.host.topics import Topics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from funcyard.host.invocation import Retry


def new_key() -> str:
    """A storage account key."""
    return base64.b64encode(secrets.token_bytes(64)).decode()


@dataclass
class Call:
    """What one invocation was given."""

    function: str
    inputs: Mapping[str, Value]
    metadata: Mapping[str, Any]
    retry: Retry | None

    @property
    def trigger(self) -> str:
        return next(iter(self.inputs.values())).body.decode()


class _Dispatcher(AppDispatcher):
    """The app's, with a worker where the test says so."""

    ready = True


@dataclass
class App:
    """An app in one process: its functions are callables, everything around them is real."""

    connection: str
    host_json: HostJson = field(default_factory=HostJson)
    settings: dict[str, str] = field(default_factory=dict)
    name: str = "app"
    host_id: str = field(default_factory=lambda: f"host{uuid.uuid4().hex[:12]}")
    events: Events = field(default_factory=Events)
    calls: list[Call] = field(default_factory=list)
    behaviour: Callable[[Call], Any] = lambda _: None
    suspects: Suspects = field(default_factory=Suspects)

    def __post_init__(self) -> None:
        self.settings = {"AzureWebJobsStorage": self.connection, **self.settings}
        self.storage = StorageAccounts(self.settings)
        self.topics = Topics()
        self.dispatcher = _Dispatcher(
            app=self.name,
            invoke=self.invoke,
            settings=self.settings,
            storage=self.storage,
            topics=self.topics,
            host_json=self.host_json,
            events=self.events,
        )
        self._called = asyncio.Condition()

    @property
    def context(self) -> ListenerContext:
        return ListenerContext(
            app=self.name,
            host_id=self.host_id,
            settings=self.settings,
            host_json=self.host_json,
            storage=self.storage,
            dispatcher=self.dispatcher,
            suspects=self.suspects,
            events=self.events,
        )

    async def invoke(
        self,
        function: Function,
        inputs: Mapping[str, Value],
        metadata: Mapping[str, Any],
        retry: Retry | None,
    ) -> Outcome:
        """Stand where a worker stands: run the test's callable for the function."""
        call = Call(function.name, inputs, metadata, retry)
        self.calls.append(call)
        async with self._called:
            self._called.notify_all()
        try:
            result = self.behaviour(call)
            if asyncio.iscoroutine(result):
                result = await result
        except ValueError as fault:
            return Outcome(str(uuid.uuid4()), failed=Failed(type(fault).__name__, str(fault)))
        if isinstance(result, dict):
            return Outcome(str(uuid.uuid4()), result.get("$return"), result)
        return Outcome(str(uuid.uuid4()))

    async def called(self, times: int, seconds: float = 30) -> None:
        """Wait until so many invocations have begun."""
        async with asyncio.timeout(seconds), self._called:
            await self._called.wait_for(lambda: len(self.calls) >= times)

    @property
    def counts(self) -> Counter[str]:
        return Counter(call.trigger for call in self.calls)

    @property
    def messages(self) -> list[str]:
        return [event.message for event in self.events.recent() if event.kind != "invocation"]


async def until(condition: Callable[[], Any], seconds: float = 30) -> Any:  # noqa: ANN401 - what it gives
    """Wait until a condition, plain or awaitable, holds; return what it gave."""
    async with asyncio.timeout(seconds):
        while True:
            result = condition()
            if asyncio.iscoroutine(result):
                result = await result
            if result:
                return result
            await asyncio.sleep(0.05)


def function(name: str, *bindings: Json, retry: Json | None = None) -> Function:
    """A function from its bindings' raw JSON."""
    return Function(
        name,
        "function_app.py",
        tuple(
            Binding(b.get("name", "arg"), b["type"], b.get("direction", "in"), b) for b in bindings
        ),
        retry,
    )
