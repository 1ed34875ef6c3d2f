"""A container's process: started under a shim, asked to end, killed; told when it has ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.containerapps.runtime.logbook import Lines
from funcyard.errors import FuncyardError
from funcyard.sessions import kill_session

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SHIM: Final = Path(__file__).with_name("shim.py")
_CHUNK: Final = 64 * 1024
_KILLED: Final = 137
_LAST_SECONDS: Final = 2.0


class LaunchError(FuncyardError):
    """A container's command cannot be started."""

    code = "container-not-created"


@dataclass(frozen=True, slots=True)
class Launch:
    """What is run.

    Attributes:
        command: The program, absolute, and its arguments.
        folder: Where it runs.
        memory: How many bytes it may have.
        environment: All of it.
    """

    command: tuple[str, ...]
    folder: Path
    memory: int
    environment: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended.

    Attributes:
        code: 128 and the signal's number where one ended it.
        was_oom: Whether it had more memory than it may.
    """

    code: int
    was_oom: bool = False


class ContainerProcess:
    """A process that runs; use :meth:`start`.

    Attributes:
        pid: Of the container's command.
        shim: Of the process above it.
        began: When it was started, by the monotonic clock.
    """

    def __init__(
        self, shim: asyncio.subprocess.Process, writer: asyncio.StreamWriter, pid: int
    ) -> None:
        self._shim = shim
        self._writer = writer
        self._ended: asyncio.Task[Ended] | None = None
        self.pid = pid
        self.shim = shim.pid
        self.began = time.monotonic()

    @classmethod
    async def start(cls, launch: Launch, printed: Callable[[str, str], None]) -> ContainerProcess:
        """Start a process.

        Args:
            launch: What is run.
            printed: Takes stream and text of each line that it prints.

        Raises:
            LaunchError: It cannot be.
        """
        ours, theirs = socket.socketpair()
        try:
            shim = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(_SHIM)),
                stdin=theirs.fileno(),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as fault:
            ours.close()
            raise LaunchError(str(fault)) from fault
        finally:
            theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours)
        told = {
            "command": launch.command,
            "folder": str(launch.folder),
            "environment": dict(launch.environment),
            "memory": launch.memory,
        }
        try:
            writer.write(json.dumps(told).encode() + b"\n")
            answer = await _line(reader)
        except BaseException:
            writer.close()
            await shim.wait()
            raise
        if "started" not in answer:
            writer.close()
            await shim.wait()
            raise LaunchError(str(answer.get("failed", "the process could not be started")))
        made = cls(shim, writer, int(answer["started"]))
        made._ended = asyncio.create_task(made._watched(reader, printed))
        return made

    async def ended(self) -> Ended:
        """Wait until it has ended, with everything that it started, and all it printed is told."""
        assert self._ended is not None  # noqa: S101 - it was started
        return await asyncio.shield(self._ended)

    def end(self) -> None:
        """Ask it to end."""
        self._ask(b"end ")

    def kill(self) -> None:
        """Kill it, with everything that it started."""
        self._ask(b"kill ")

    def _ask(self, word: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(word)

    async def _watched(
        self, reader: asyncio.StreamReader, printed: Callable[[str, str], None]
    ) -> Ended:
        pipes = (("stdout", self._shim.stdout), ("stderr", self._shim.stderr))
        reading = [
            asyncio.create_task(_read(name, pipe, printed))
            for name, pipe in pipes
            if pipe is not None
        ]
        try:
            answer = await _line(reader)
            if "ended" not in answer:
                kill_session(self.pid)  # the shim was killed before it could do so
            await asyncio.wait(reading, timeout=_LAST_SECONDS)  # what left it may hold the pipes
        finally:
            for task in reading:
                task.cancel()
            await asyncio.gather(*reading, return_exceptions=True)
            self._writer.close()
            if self._shim.returncode is None:
                await self._shim.wait()
        if "ended" not in answer:
            return Ended(_KILLED)
        return Ended(int(answer["ended"]), bool(answer["oom"]))


async def _line(reader: asyncio.StreamReader) -> dict[str, Any]:
    """Return what the shim tells next; nothing where it is gone."""
    with contextlib.suppress(OSError):
        line = await reader.readline()
        if line.endswith(b"\n"):
            found: dict[str, Any] = json.loads(line)
            return found
    return {}


async def _read(name: str, pipe: asyncio.StreamReader, printed: Callable[[str, str], None]) -> None:
    lines = Lines(name, printed)
    while chunk := await pipe.read(_CHUNK):
        lines.feed(chunk)
    lines.end()
