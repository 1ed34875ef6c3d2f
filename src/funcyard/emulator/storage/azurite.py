"""One account's Azurite: a process with the account's name and keys on ports of its own.

It ends with the process that started it, even where that was killed. Where it dies it is started
again with its ports and data. It holds a lock beside its folder until it has written what it holds,
so the next one never reads half of that.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import time
from typing import TYPE_CHECKING, Final

from funcyard.azurite.errors import AzuriteStartError
from funcyard.azurite.launching import launch
from funcyard.azurite.listening import Output
from funcyard.emulator.processes import end

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from funcyard.azurite.launching import Program

_LOGGER = logging.getLogger(__name__)
_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 30.0  # in which it writes what it holds
_TOLD_AFTER_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 0.5


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
            AzuriteStartError: It ended, or did not listen in time; the message holds its output.
                Or another one still serves the folder.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        output = await self._launched(keys)
        self._watch = asyncio.create_task(
            self._keep_running(output, keys), name=f"azurite {self._name}"
        )

    async def stop(self) -> None:
        """End it, its data saved."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        process, self._process = self._process, None
        if process is not None:
            await _end(process)

    async def _launched(self, keys: tuple[str, ...]) -> Output:
        """Return what the process prints, which listens."""
        try:
            with _held(self._folder) as lock:
                await self._alone(lock)
                self._process = await launch(
                    self._program,
                    account=self._name,
                    keys=keys,
                    location=self._folder,
                    ports=self._ports,
                    exits_with_parent=True,
                    pass_fds=(lock,),  # and with its end the lock is free
                )
        except OSError as fault:
            raise AzuriteStartError(f"Azurite cannot be started: {fault}") from fault
        output = Output(self._process)
        if not await output.listens(_START_SECONDS):
            await _end(self._process)
            await output.ended()
            raise output.failure(f"the Azurite of {self._name}")
        return output

    async def _alone(self, lock: int) -> None:
        """Take the lock, for which what a killed run left behind may need a while."""
        deadline = time.monotonic() + _STOP_SECONDS
        told = time.monotonic() + _TOLD_AFTER_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise AzuriteStartError(
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

    async def _keep_running(self, output: Output, keys: tuple[str, ...]) -> None:
        while True:
            await output.ended()
            _LOGGER.error("the Azurite of %s died; it is started again", self._name)
            while True:
                await asyncio.sleep(_PAUSE_SECONDS)
                try:
                    output = await self._launched(keys)
                except AzuriteStartError as fault:
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


async def _end(process: asyncio.subprocess.Process) -> None:
    if not await end(process, _STOP_SECONDS):
        _LOGGER.warning("an Azurite was killed, as it did not end: what it had not written is lost")
