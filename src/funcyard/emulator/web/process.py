"""A site's app as a process: the local host on the environment of what was deployed.

It ends with the process that started it, even where that was killed: nobody reads its output then.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from funcyard.emulator.processes import end
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_READY_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 10.0
_LONGEST_LINE: Final = 16 * 1024 * 1024
_LARGEST_LOG: Final = 16 * 1024 * 1024
_CHUNK: Final = 64 * 1024
_KEPT_LINES: Final = 20


class AppFailedError(FuncyardError):
    """A site's app did not come up."""

    code = "app-failed"


@dataclass(frozen=True, slots=True)
class Launch:
    """What is run.

    Attributes:
        folder: The package, unpacked.
        interpreter: The Python of its environment.
        keys: File of its keys.
        log: File that what it prints is added to; it begins anew when it is large.
        environment: Its settings, and what a process needs.
    """

    folder: Path
    interpreter: Path
    keys: Path
    log: Path
    environment: Mapping[str, str] = field(repr=False)


class AppProcess:
    """An app that runs between :meth:`start` and :meth:`stop`.

    Args:
        launch: What is run.

    Attributes:
        address: Host and port that it answers at; None until it is ready.
    """

    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self.address: tuple[str, int] | None = None

    async def start(self) -> None:
        """Start it and wait until it answers, be it with what is wrong with it.

        Raises:
            AppFailedError: It ended, or was not ready in time; the message holds what it printed.
        """
        launch = self._launch
        options = ("--port", "0", "--enable-auth", "--json", "--keys", str(launch.keys))
        command = [sys.executable, "-I", "-m", "funcyard", "host", str(launch.folder), *options]
        try:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                *("--python", str(launch.interpreter)),
                env=launch.environment,
                cwd=launch.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                limit=_LONGEST_LINE,
                start_new_session=True,
            )
        except OSError as fault:
            raise AppFailedError(f"the app cannot be started: {fault}") from fault
        ready = asyncio.get_running_loop().create_future()
        said: deque[str] = deque(maxlen=_KEPT_LINES)
        self._reader = asyncio.create_task(self._read(self._process, ready, said))
        await asyncio.wait(
            (ready, self._reader), timeout=_READY_SECONDS, return_when="FIRST_COMPLETED"
        )
        if not ready.done():
            await self.stop()
            raise AppFailedError("the app did not come up:\n" + "\n".join(said))
        url = urlsplit(ready.result()["apps"][0]["url"])
        self.address = (url.hostname or "", url.port or 0)

    async def ended(self) -> None:
        """Wait until it is gone."""
        if self._reader is not None:
            await asyncio.shield(self._reader)

    async def stop(self) -> None:
        """Let what runs in it finish, and end it."""
        process = self._process
        if process is None:
            return
        await end(process, _STOP_SECONDS)
        if self._reader is not None:
            await asyncio.gather(self._reader, return_exceptions=True)

    async def _read(
        self,
        process: asyncio.subprocess.Process,
        ready: asyncio.Future[dict[str, Any]],
        said: deque[str],
    ) -> None:
        """Keep what a process prints until it ends, and tell when it is ready."""
        assert process.stdout is not None  # noqa: S101 - it was asked for as a pipe
        with self._launch.log.open("ab", buffering=0) as kept:
            while line := await process.stdout.readline():
                kept.write(line)
                said.append(line.decode(errors="replace").rstrip())
                with contextlib.suppress(ValueError):
                    told = json.loads(line)
                    if isinstance(told, dict) and told.get("event") == "ready":
                        ready.set_result(told)
                        break
            while chunk := await process.stdout.read(_CHUNK):
                if kept.tell() > _LARGEST_LOG:
                    kept.truncate(0)
                kept.write(chunk)
        await process.wait()
