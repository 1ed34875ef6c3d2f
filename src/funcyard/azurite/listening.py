"""What an Azurite prints: where its services listen, and why it does not come up."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from typing import Final

from funcyard.azurite.errors import AzuriteStartError, PortTakenError
from funcyard.azurite.launching import SERVICES

_LISTENING: Final = re.compile(
    r"(Blob|Queue|Table) service is successfully listening at http://[^:]+:(\d+)"
)
_TAKEN: Final = "EADDRINUSE"
_KEPT_LINES: Final = 20


class Output:
    """The output of one process, read from now on until it ends.

    Args:
        process: As :func:`.launching.launch` returned it.

    Attributes:
        ports: The port of each service that listens.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.ports: dict[str, int] = {}
        self._process = process
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._listening = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def listens(self, seconds: float) -> bool:
        """Wait until all services listen, and return whether they do.

        Args:
            seconds: How long that may take; it is over at once where the process ends.
        """
        waiter = asyncio.create_task(self._listening.wait())
        try:
            await asyncio.wait(
                (self._reader, waiter), timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            waiter.cancel()
        return self._listening.is_set()

    async def ended(self) -> None:
        """Wait until the process has ended."""
        await self._reader

    def failure(self, name: str) -> AzuriteStartError:
        """Return the fault of a process that did not come up, with what it printed.

        Args:
            name: What people know it by.
        """
        said = "\n".join(self._lines) or "it printed nothing"
        failed = PortTakenError if _TAKEN in said else AzuriteStartError
        return failed(f"{name} did not come up:\n{said}")

    async def _read(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - it was asked for as a pipe
        async for line in self._process.stdout:
            text = line.decode(errors="replace").rstrip()
            self._lines.append(text)
            if match := _LISTENING.search(text):
                self.ports[match[1].lower()] = int(match[2])
                if len(self.ports) == len(SERVICES):
                    self._listening.set()
        await self._process.wait()
