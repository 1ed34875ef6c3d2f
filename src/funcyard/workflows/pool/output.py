"""What processes write to the descriptors behind Python's back: a pipe, read line by line.

Everything that was written before a worker told its result is in the pipe by then, so
:meth:`Output.drain` takes it all without waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_CHUNK: Final = 64 * 1024
_LONGEST_LINE: Final = 8_000


class Output:
    """The engine's end of one worker's standard output and error.

    Args:
        take: Given entries as the worker's own (:mod:`funcyard.workflows.worker.logs`).
    """

    def __init__(self, take: Callable[[list[dict[str, Any]]], None]) -> None:
        self._take = take
        self._reading, self.writing = os.pipe()
        os.set_blocking(self._reading, False)
        self._rest = b""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._reading, self._read)
        self._open = True

    def started(self) -> None:
        """Close the end that the worker has now."""
        os.close(self.writing)

    def drain(self) -> None:
        """Take what is in the pipe, a line without an end included."""
        while self._open and self._read():
            pass
        if self._rest:
            self._lines(b"\n")

    def close(self) -> None:
        """Give up the pipe; safe to call twice."""
        if self._open:
            self._open = False
            self._loop.remove_reader(self._reading)
            os.close(self._reading)

    def _read(self) -> bool:
        data = b""
        with contextlib.suppress(BlockingIOError, InterruptedError):
            data = os.read(self._reading, _CHUNK)
            if not data:
                self._loop.remove_reader(self._reading)
        self._lines(data)
        return bool(data)

    def _lines(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _LONGEST_LINE:
            lines.append(self._rest)
            self._rest = b""
        now = time.time()
        entries = [
            {"time": now, "level": "info", "source": "output", "text": _text(line)}
            for line in lines
            if line.strip()
        ]
        if entries:
            self._take(entries)


def _text(line: bytes) -> str:
    return line[:_LONGEST_LINE].decode("utf-8", "replace").rstrip("\r")
