"""Data providers: asked in a worker like a workflow, their answers kept for a while.

An answer is kept per organisation, version and arguments; whoever asks while it is being found out
waits for the same one.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

from funcyard.workflows.errors import ProviderError
from funcyard.workflows.parameters import coerce

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.workflows.code import Code
    from funcyard.workflows.declarations import DataProvider
    from funcyard.workflows.pool.pin import Pin

_SECONDS: Final = 60.0
"""How long a provider may take: a form waits for it."""

_KEPT: Final = 2000

_Key = tuple[str, str, str, str, str]


class Providers:
    """Answers of data providers.

    Args:
        code: Where their code is.
        patience: Seconds that a question may wait for a worker.
    """

    def __init__(self, code: Code, patience: float) -> None:
        self._code = code
        self._patience = patience
        self._known: OrderedDict[_Key, tuple[list[Any], float]] = OrderedDict()
        self._asking: dict[_Key, asyncio.Task[list[Any]]] = {}

    async def options(
        self, organization: str, name: str, given: Mapping[str, Any], caller: str
    ) -> list[Any]:
        """Return what a provider offers an organisation.

        Raises:
            NoSuchWorkflowError: There is no such provider.
            ParametersError: What was given does not fit.
            ProviderError: It failed, or did not return a list.
            EngineBusyError: No worker became free.
        """
        pin, provider = await self._code.provider(organization, name)
        arguments = coerce(provider, given)
        told = json.dumps(arguments, sort_keys=True)
        key = (organization, pin.scope, pin.version, name, told)
        if key in self._known and time.monotonic() < self._known[key][1]:
            return self._known[key][0]
        if key not in self._asking:
            task = asyncio.create_task(self._ask(key, pin, provider, arguments, caller))
            self._asking[key] = task
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return await asyncio.shield(self._asking[key])

    async def _ask(
        self,
        key: _Key,
        pin: Pin,
        provider: DataProvider,
        arguments: dict[str, Any],
        caller: str,
    ) -> list[Any]:
        worker = await self._code.pool.acquire(pin, self._patience)
        context = {
            "execution_id": "",
            "organization": pin.organization,
            "caller": caller,
            "workflow": provider.name,
            "version": pin.version,
            "attempt": 1,
            "scheduled_for": "",
        }
        job = {
            "id": uuid.uuid4().hex,
            "kind": "provider",
            "name": provider.name,
            "parameters": arguments,
            "context": context,
        }
        try:
            outcome = await worker.run(job, _SECONDS, lambda _: None)
        finally:
            self._code.pool.release(worker)
        if outcome.value is None:
            error = outcome.error or {"kind": "Failed", "message": ""}
            raise ProviderError(f"{provider.name} failed: {error['kind']}: {error['message']}")
        found = json.loads(outcome.value)
        if not isinstance(found, list):
            raise ProviderError(f"{provider.name} did not return a list")
        self._known[key] = found, time.monotonic() + provider.cache_ttl_seconds
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return found
