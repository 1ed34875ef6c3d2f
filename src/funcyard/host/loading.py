"""An app's code loaded aside: a new worker that has indexed it and serves nothing yet."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.host.host_json import read_host_json
from funcyard.host.log_levels import LogLevels
from funcyard.host.process import Worker
from funcyard.host.wanted_modules import bring
from funcyard.settings import is_on

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from funcyard.host.events import Events
    from funcyard.host.host_json import HostJson

_LOAD_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Loaded:
    """Code that was looked through.

    Attributes:
        worker: The process; its index says what it holds, or why it holds nothing.
        host_json: The app's ``host.json`` as it was read with the code.
    """

    worker: Worker
    host_json: HostJson


class Loading:
    """Loads the code of one app, once at a time.

    Args:
        app: The app's name.
        directory: Its folder.
        settings: Its settings; they become the worker's environment.
        events: Where what it prints is published.
        started: Told the id of every worker process.
        ended: Told when one has ended, however it did.
    """

    def __init__(
        self,
        app: str,
        directory: Path,
        settings: Mapping[str, str],
        events: Events,
        *,
        started: Callable[[int], None],
        ended: Callable[[Worker], None],
    ) -> None:
        self._app = app
        self._directory = directory
        self._settings = settings
        self._events = events
        self._started = started
        self._ended = ended
        self._starting: asyncio.Task[Worker] | None = None

    async def load(self, interpreter: Path) -> Loaded:
        """Start a worker on the code as it is now.

        Raises:
            HostJsonError: ``host.json`` cannot be understood.
            WorkerStartError: The worker could not be executed, died while loading, or took too
                long.
        """
        host_json = read_host_json(self._directory / "host.json")
        self._starting = asyncio.create_task(self._start(interpreter, host_json))
        return Loaded(await self._starting, host_json)

    async def cancel(self) -> None:
        """End a worker that is being started; whoever waits for it is cancelled."""
        if self._starting is not None and not self._starting.done():
            self._starting.cancel()
            await asyncio.wait([self._starting])

    async def _start(self, interpreter: Path, host_json: HostJson) -> Worker:
        # An app that waits for a debugger first may take any time.
        waits = is_on(self._settings, "ENABLE_DEBUGGING") and is_on(self._settings, "DEBUG_WAIT")
        worker = await Worker.start(
            self._app,
            self._directory,
            interpreter=interpreter,
            environment=self._settings,
            events=self._events,
            levels=LogLevels(host_json.log_levels),
            started=self._started,
            ended=self._ended,
            timeout=None if waits else _LOAD_SECONDS,
        )
        try:
            functions = worker.index.functions
            await bring(one.type for function in functions for one in function.bindings)
        except BaseException:
            await worker.kill()
            raise
        return worker
