"""Azurite's process: started on loopback, watched, restarted when it dies, stopped with its data.

It is told port 0 where a port is free to choose and prints the one it took, so no port can be lost
between choosing and binding. A restart keeps ports and data, so clients need not know of it. On
SIGTERM it is given time to write what it holds (``funcyard/azurite/launching.py``).
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from dataclasses import asdict, astuple, dataclass, fields
from typing import TYPE_CHECKING

from funcyard.azurite.errors import AzuriteStartError, PortTakenError
from funcyard.azurite.launching import HOST, launch
from funcyard.azurite.listening import Output
from funcyard.host.children import STORAGE_GRACE_SECONDS
from funcyard.host.events import Event, Level
from funcyard.listening import is_busy
from funcyard.sessions import kill_session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from funcyard.host.azurite.locate import Azurite
    from funcyard.host.events import Events

ACCOUNT = "devstoreaccount1"
"""The account name that ``UseDevelopmentStorage=true`` implies."""

_START_SECONDS = 30.0
_TOLD_AFTER_SECONDS = 5.0
_BIND_TRIES = 3
_STEADY_SECONDS = 30.0
_PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class Ports:
    """One TCP port per service; 0 asks for any free one."""

    blob: int = 0
    queue: int = 0
    table: int = 0


class AzuriteProcess:
    """One Azurite, kept running between :meth:`start` and :meth:`stop`.

    Args:
        azurite: What to run.
        location: Folder of its data; made when missing. No two processes may share one.
        key: The account's key, standard base64. It reaches Azurite in its environment only.
        ports: The wanted ports; one that is taken is replaced by a free one, and an event says so.
        events: Where starts, deaths and restarts are reported.
        spawned: Called with the process id right after every start, to record it.
    """

    def __init__(
        self,
        azurite: Azurite,
        *,
        location: Path,
        key: str,
        ports: Ports,
        events: Events,
        spawned: Callable[[int], None] | None = None,
    ) -> None:
        self._azurite = azurite
        self._location = location
        self._key = key
        self._ports = ports
        self._events = events
        self._spawned = spawned
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the running Azurite; it is its own process group and session."""
        return self._process.pid if self._process else None

    @property
    def ports(self) -> Ports:
        """The ports that are served, after :meth:`start`."""
        return self._ports

    @property
    def endpoints(self) -> dict[str, str]:
        """Base address of each service, without key: ``blob``, ``queue``, ``table``."""
        return {
            field.name: f"http://{HOST}:{getattr(self._ports, field.name)}/{ACCOUNT}"
            for field in fields(self._ports)
        }

    @property
    def connection_string(self) -> str:
        """The full connection string, key included: for settings, never for output."""
        places = (f"{kind.title()}Endpoint={url}" for kind, url in self.endpoints.items())
        account = f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={self._key}"
        return f"{account};{';'.join(places)};"

    async def start(self) -> None:
        """Start Azurite and wait until its three services listen.

        Raises:
            AzuriteStartError: It ended or did not listen in time; the message holds its output.
        """
        self._location.mkdir(parents=True, exist_ok=True)
        wanted = self._ports
        output = await self._launch_on_free_ports(wanted)
        self._say_substitutes(wanted)
        self._watch = asyncio.create_task(self._keep_running(output), name="azurite")

    async def stop(self) -> None:
        """End Azurite: SIGTERM so that it saves its data, then SIGKILL."""
        if self._watch:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None
        await self._end()

    async def _launch_on_free_ports(self, wanted: Ports) -> Output:
        """Launch, again where another process took a wanted port before Azurite could."""
        for tries_left in reversed(range(_BIND_TRIES)):
            self._ports = _without_taken(wanted)
            try:
                return await self._launch()
            except PortTakenError:
                if not tries_left:
                    raise
        raise AssertionError("the last try returns or raises")

    async def _launch(self) -> Output:
        """Spawn and wait for three listening services; return what the process prints."""
        self._process = await launch(
            self._azurite,
            account=ACCOUNT,
            keys=(self._key,),
            location=self._location,
            ports=asdict(self._ports),
        )
        if self._spawned:
            self._spawned(self._process.pid)
        output, listens = Output(self._process), False
        try:
            listens = await output.listens(_START_SECONDS)
        finally:
            if not listens:
                await self._end()
                await output.ended()
        if not listens:
            raise output.failure("Azurite")
        self._ports = Ports(**output.ports)
        return output

    async def _keep_running(self, output: Output) -> None:
        failures = 0
        while True:
            started = time.monotonic()
            await output.ended()
            code = self._process.returncode if self._process else None
            self._process = None
            if time.monotonic() - started > _STEADY_SECONDS:
                failures = 0
            how = _describe(code)
            self._say("error", f"Azurite died ({how}); it is started again with its ports and data")
            while True:
                await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])
                failures += 1
                try:
                    output = await self._launch()
                except AzuriteStartError as fault:
                    self._say("error", fault.message)
                else:
                    break
            self._say("info", "Azurite runs again")

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        ended = asyncio.create_task(process.wait())
        if not (await asyncio.wait((ended,), timeout=_TOLD_AFTER_SECONDS))[0]:
            self._say("info", "waiting for Azurite to write what it holds")
            await asyncio.wait((ended,), timeout=STORAGE_GRACE_SECONDS - _TOLD_AFTER_SECONDS)
        if not ended.done():
            kill_session(process.pid)
            self._say(
                "error", "Azurite was killed, as it did not end: what it had not written is lost"
            )
        await ended

    def _say_substitutes(self, wanted: Ports) -> None:
        for field in fields(Ports):
            asked, got = getattr(wanted, field.name), getattr(self._ports, field.name)
            if asked not in (0, got):
                self._say("warning", f"port {asked} is taken: {field.name} storage is at {got}")

    def _say(self, level: Level, message: str) -> None:
        self._events.publish(
            Event("storage", message, level=level, data={"pid": self.pid, **self.endpoints})
        )


def _without_taken(ports: Ports) -> Ports:
    return Ports(*(0 if port and is_busy(port) else port for port in astuple(ports)))


def _describe(code: int | None) -> str:
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit code {code}"
