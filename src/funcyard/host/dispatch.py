"""Runs one function for one trigger: binds inputs, invokes, writes outputs, says how it went.

Whatever fails on the way is the run's outcome, so that a message is tried again and a timer or a
request is answered; only the loss of the worker is raised, because then nothing is known.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from azure.core.exceptions import AzureError

from funcyard.errors import FuncyardError
from funcyard.host.bindings import kinds
from funcyard.host.bindings.binder import Binder, BindingError
from funcyard.host.bindings.expressions import json_data
from funcyard.host.events import Event
from funcyard.host.exchange import StreamedRequest
from funcyard.host.invocation import Failed, Outcome, Value, new_invocation_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.functions.model import Binding, Function
    from funcyard.host.events import Events
    from funcyard.host.host_json import HostJson
    from funcyard.host.invocation import Retry
    from funcyard.host.storage import StorageAccounts
    from funcyard.host.topics import Topics

_RETURN = "$return"


class Invoke(Protocol):
    """Runs a function in a worker."""

    async def __call__(
        self,
        function: Function,
        inputs: Mapping[str, Value],
        metadata: Mapping[str, Any],
        retry: Retry | None,
    ) -> Outcome:
        """Return how the function ended.

        Raises:
            NoWorkerError: Nothing ran.
            WorkerLost: The worker died under it.
        """
        ...


class AppDispatcher:
    """The dispatcher of one app.

    Args:
        app: The app's name, for events.
        invoke: Runs a function in the app's worker.
        settings: The app's settings.
        storage: Clients of its storage accounts.
        topics: Clients of the topics that it sends events to.
        host_json: Its host.json.
        events: Where each run is told.
    """

    def __init__(
        self,
        *,
        app: str,
        invoke: Invoke,
        settings: Mapping[str, str],
        storage: StorageAccounts,
        topics: Topics,
        host_json: HostJson,
        events: Events,
    ) -> None:
        self._app = app
        self._invoke = invoke
        self._settings = settings
        self._storage = storage
        self._topics = topics
        self._host_json = host_json
        self._events = events

    async def run(
        self,
        function: Function,
        trigger: Value,
        *,
        metadata: Mapping[str, Any],
        data: Mapping[str, str],
        retry: Retry | None = None,
    ) -> Outcome:
        """Bind inputs, invoke, write outputs; see :class:`funcyard.host.invocation.Dispatcher`.

        Raises:
            NoWorkerError: Nothing ran.
            WorkerLost: The worker died under the invocation.
        """
        started = time.perf_counter()
        if function.trigger.type == "httpTrigger":
            data = {**_request_data(trigger), **data}
        binder = Binder(
            function.name, data, self._settings, self._storage, self._topics, self._host_json
        )
        outcome = await self._run(function, trigger, metadata, retry, binder)
        outcome = replace(outcome, seconds=time.perf_counter() - started)
        self._events.publish(Event.of_invocation(self._app, function.name, outcome))
        return outcome

    async def _run(
        self,
        function: Function,
        trigger: Value,
        metadata: Mapping[str, Any],
        retry: Retry | None,
        binder: Binder,
    ) -> Outcome:
        try:
            inputs = await _read_inputs(function, trigger, binder)
        except (FuncyardError, AzureError) as fault:
            return Outcome(new_invocation_id(), failed=_failed(fault, "an input could not be read"))
        outcome = await self._invoke(function, inputs, metadata, retry)
        if outcome.failed:
            return outcome
        try:
            await _write_outputs(function, outcome, binder)
        except (FuncyardError, AzureError) as fault:
            return replace(outcome, failed=_failed(fault, "an output could not be written"))
        return outcome


async def _read_inputs(function: Function, trigger: Value, binder: Binder) -> dict[str, Value]:
    values = await asyncio.gather(*(_read(binding, binder) for binding in function.inputs))
    inputs = {function.trigger.name: trigger}
    for binding, value in zip(function.inputs, values, strict=True):
        if value is not None:
            inputs[binding.name] = value
    return inputs


async def _read(binding: Binding, binder: Binder) -> Value | None:
    reader = kinds.reader(binding.type)
    if reader is None:
        raise BindingError(f"{binder.function}: the input {binding.type} cannot be bound here yet")
    return await reader(binding, binder)


async def _write_outputs(function: Function, outcome: Outcome, binder: Binder) -> None:
    for binding in function.outputs:
        if binding.type == "http":
            continue
        value = outcome.returned if binding.name == _RETURN else outcome.outputs.get(binding.name)
        if value is None:
            continue
        writer = kinds.writer(binding.type)
        if writer is None:
            raise BindingError(
                f"{binder.function}: the output {binding.type} cannot be bound here yet"
            )
        await writer(binding, binder, value)


def _request_data(request: Value) -> dict[str, str]:
    """Return what a request gives to expressions: ``{Query.x}``, ``{headers.x}``, its JSON body.

    The body of a streamed request is the function's alone.
    """
    head = request.head or {}
    streamed = isinstance(request, StreamedRequest)
    data = {} if streamed else json_data(request.body.decode(errors="replace"))
    data["Query"] = json.dumps(head.get("q", {}))
    data["headers"] = json.dumps(dict(head.get("h", {})))
    return data


def _failed(fault: Exception, what: str) -> Failed:
    message = fault.message if isinstance(fault, FuncyardError) else str(fault).splitlines()[0]
    hint = f" ({fault.hint})" if isinstance(fault, FuncyardError) and fault.hint else ""
    return Failed(type(fault).__name__, f"{what}: {message}{hint}")
