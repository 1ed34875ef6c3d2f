"""One account's Azurite: a process with the account's name and keys on ports of its own.

It ends with the process that started it, even where that was killed: its standard input ends then
(``exit_with_parent.cjs``). Where it dies it is started again with its ports and data. It holds a
lock beside its folder until it has written what it holds, so the next one never reads half of that.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import re
import time
from collections import deque
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Final

from funcyard.emulator.processes import end
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_LOGGER = logging.getLogger(__name__)
_HOST: Final = "127.0.0.1"
_SERVICES: Final = ("blob", "queue", "table")
_LISTENING: Final = re.compile(r"service is successfully listening at")
_TAKEN: Final = "EADDRINUSE"
_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 30.0  # in which it writes what it holds
_KEEP_ALIVE_SECONDS: Final = "120"  # longer than the clients' own, so that they close idle ones
_TOLD_AFTER_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 0.5
_KEPT_LINES: Final = 20
_LINE_LIMIT: Final = 1 << 20


class AzuriteFailedError(FuncyardError):
    """An account's Azurite did not come up."""

    code = "azurite-failed"


class PortTakenError(AzuriteFailedError):
    """Somebody took a port after it was found free."""


@dataclass(frozen=True, slots=True)
class Program:
    """An Azurite that can be started.

    Attributes:
        node: The Node.js executable.
        main: Azurite's main script.
    """

    node: Path
    main: Path


class AccountAzurite:
    """The blobs, queues and tables of an account, served between :meth:`start` and :meth:`stop`.

    Args:
        program: What to run.
        name: The account's.
        folder: Of its data; made where there is none.
        ports: One for each of ``blob``, ``queue`` and ``table``.
    """

    def __init__(self, program: Program, name: str, folder: Path, ports: Mapping[str, int]) -> None:
        self._program = program
        self._name = name
        self._folder = folder
        self._ports = ports
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    async def start(self, keys: tuple[str, ...]) -> None:
        """Serve under these keys, once one that was left behind has written what it holds.

        Raises:
            PortTakenError: One of its ports is not free any more.
            AzuriteFailedError: It ended, or did not listen in time; the message holds its output.
                Or another one still serves the folder.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        process, reader = await self._launched(keys)
        self._watch = asyncio.create_task(
            self._keep_running(process, reader, keys), name=f"azurite {self._name}"
        )

    async def stop(self) -> None:
        """End it, its data saved."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        process, self._process = self._process, None
        if process is not None:
            await _end(process)

    async def _launched(
        self, keys: tuple[str, ...]
    ) -> tuple[asyncio.subprocess.Process, asyncio.Task[None]]:
        """Return the process, listening, and what reads its output until it ends."""
        with as_file(files(__package__).joinpath("exit_with_parent.cjs")) as preload:
            try:
                with _held(self._folder) as lock:
                    await self._alone(lock)
                    process = await self._spawned(preload, keys, lock)
            except OSError as fault:
                raise AzuriteFailedError(f"Azurite cannot be started: {fault}") from fault
            self._process = process
            said: deque[str] = deque(maxlen=_KEPT_LINES)
            listening = asyncio.Event()
            reader = asyncio.create_task(_read(process, said, listening))
            waiter = asyncio.create_task(listening.wait())
            done = (reader, waiter)
            await asyncio.wait(done, timeout=_START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            waiter.cancel()
        if not listening.is_set():
            await _end(process)
            await reader
            told = "\n".join(said) or "it printed nothing"
            failed = PortTakenError if _TAKEN in told else AzuriteFailedError
            raise failed(f"the Azurite of {self._name} did not come up:\n{told}")
        return process, reader

    async def _alone(self, lock: int) -> None:
        """Take the lock, for which what a killed run left behind may need a while."""
        deadline = time.monotonic() + _STOP_SECONDS
        told = time.monotonic() + _TOLD_AFTER_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise AzuriteFailedError(
                        f"the storage of {self._name} is still served by a run that was killed",
                        hint="end its process, node …/azurite.js; what it has not written is lost",
                    ) from None
                if time.monotonic() > told:
                    _LOGGER.warning(
                        "waiting for the storage of a killed run to write what it holds"
                    )
                    told = deadline + 1
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                return

    async def _spawned(
        self, preload: Path, keys: tuple[str, ...], lock: int
    ) -> asyncio.subprocess.Process:
        command = [
            *(str(self._program.node), "--require", str(preload), str(self._program.main)),
            *("--silent", "--skipApiVersionCheck", "--disableTelemetry"),
            *("--location", str(self._folder)),
        ]
        for service in _SERVICES:
            command += [f"--{service}Host", _HOST, f"--{service}Port", str(self._ports[service])]
            command += [f"--{service}KeepAliveTimeout", _KEEP_ALIVE_SECONDS]
        return await asyncio.create_subprocess_exec(
            *command,
            env={"AZURITE_ACCOUNTS": ":".join((self._name, *keys))},
            cwd=self._folder,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[lock],  # and with its end the lock is free
            limit=_LINE_LIMIT,
        )

    async def _keep_running(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.Task[None],
        keys: tuple[str, ...],
    ) -> None:
        while True:
            await reader
            await process.wait()
            _LOGGER.error("the Azurite of %s died; it is started again", self._name)
            while True:
                await asyncio.sleep(_PAUSE_SECONDS)
                try:
                    process, reader = await self._launched(keys)
                except AzuriteFailedError as fault:
                    _LOGGER.error("%s", fault.message)  # noqa: TRY400 - it says what it must
                else:
                    break


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[int]:
    """Open the file of the lock beside a folder."""
    descriptor = os.open(folder.with_name(f"{folder.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


async def _read(
    process: asyncio.subprocess.Process, said: deque[str], listening: asyncio.Event
) -> None:
    """Read what a process prints until it ends, and tell when all its services listen."""
    assert process.stdout is not None  # noqa: S101 - it was asked for as a pipe
    count = 0
    async for line in process.stdout:
        text = line.decode(errors="replace").rstrip()
        said.append(text)
        if _LISTENING.search(text):
            count += 1
            if count == len(_SERVICES):
                listening.set()


async def _end(process: asyncio.subprocess.Process) -> None:
    if not await end(process, _STOP_SECONDS):
        _LOGGER.warning("an Azurite was killed, as it did not end: what it had not written is lost")
