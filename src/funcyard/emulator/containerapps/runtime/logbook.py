"""What a container printed: lines with their times, kept in two files of a bounded size.

A line is appended as soon as it is whole; when a file is full, the other begins anew. Who follows
is given each line once: the last ones from memory, older ones from the files.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps.runtime.told import LogLine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

LARGEST_FILE: Final = 4 * 1024 * 1024
LONGEST_LINE: Final = 16 * 1024
_REMEMBERED: Final = 2000
_STREAMS: Final = {"O": "stdout", "E": "stderr"}
_MARKS: Final = {stream: mark for mark, stream in _STREAMS.items()}


class FileLogBook:
    """The log book of a container, which goes on with what its files hold.

    Args:
        path: Of the newer file; the older has ``.1`` behind its name.
        clock: Returns the time of day in seconds.
        largest: How many bytes a file has before the other begins.

    Raises:
        OSError: The files can be neither read nor written.
    """

    def __init__(
        self, path: Path, clock: Callable[[], float], *, largest: int = LARGEST_FILE
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._older = path.with_name(f"{path.name}.1")
        self._clock = clock
        self._largest = largest
        self._recent: deque[LogLine] = deque(maxlen=_REMEMBERED)
        self._recent.extend(self._read())
        self._next = self._recent[-1].number + 1 if self._recent else 0
        self._file = path.open("ab", buffering=0)
        self._came = asyncio.Event()
        self._is_over = False

    def add(self, stream: str, text: str) -> LogLine:
        """Append a line."""
        line = LogLine(self._next, self._clock(), stream, text)
        with contextlib.suppress(OSError):  # a full disk ends no container
            if self._file.tell() > self._largest:
                self._path.replace(self._older)
                full, self._file = self._file, self._path.open("ab", buffering=0)
                full.close()
            self._file.write(f"{line.number} {line.time:.6f} {_MARKS[stream]} {text}\n".encode())
        self._recent.append(line)
        self._next += 1
        self._wake()
        return line

    def close(self) -> None:
        """Take no more lines; who follows is told the rest, and then that it is over."""
        self._file.close()
        self._is_over = True
        self._wake()

    def tail(self, most: int) -> list[LogLine]:
        """Return the last lines, the oldest first."""
        if most <= 0:
            return []
        if most <= len(self._recent):
            return list(self._recent)[-most:]
        return list(self._read())[-most:]

    async def follow(self, after: int) -> AsyncIterator[LogLine]:
        """Yield each line behind one of a number, then new ones as they come."""
        last = after
        while True:
            came, is_over = self._came, self._is_over
            for line in self._behind(last):
                last = line.number
                yield line
            if last < self._next - 1:
                continue  # more came while those were told
            if is_over:
                return
            await came.wait()

    def _behind(self, number: int) -> list[LogLine]:
        if number >= self._next - 1:
            return []
        if self._recent and self._recent[0].number <= number + 1:
            first = self._recent[0].number
            return list(self._recent)[max(number + 1 - first, 0) :]
        return [one for one in self._read() if one.number > number]

    def _read(self) -> Iterator[LogLine]:
        for path in (self._older, self._path):
            if not path.exists():
                continue
            with path.open("rb") as file:
                for raw in file:
                    with contextlib.suppress(ValueError, KeyError):  # a kill cut it short
                        yield _read_line(raw)

    def _wake(self) -> None:
        came, self._came = self._came, asyncio.Event()
        came.set()


def _read_line(raw: bytes) -> LogLine:
    """Return what a line of a file says.

    Raises:
        ValueError: It is not whole.
        KeyError: Likewise.
    """
    number, time, mark, text = raw.decode().split(" ", 3)
    if not text.endswith("\n"):
        raise ValueError(text)
    return LogLine(int(number), float(time), _STREAMS[mark], text[:-1])


class Lines:
    """What a process writes to one stream, cut into lines as it comes.

    Args:
        stream: ``stdout`` or ``stderr``.
        add: Takes stream and line.
    """

    def __init__(self, stream: str, add: Callable[[str, str], None]) -> None:
        self._stream = stream
        self._add = add
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        """Take some bytes; lines that are too long are cut."""
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        for line in whole:
            self._tell(line)
        while len(self._rest) > LONGEST_LINE:
            self._tell(self._rest[:LONGEST_LINE])
            self._rest = self._rest[LONGEST_LINE:]

    def end(self) -> None:
        """Take what is left for a line."""
        if self._rest:
            self._tell(self._rest)
            self._rest = b""

    def _tell(self, line: bytes) -> None:
        text = line.removesuffix(b"\r").decode(errors="replace")
        for start in range(0, max(len(text), 1), LONGEST_LINE):
            self._add(self._stream, text[start : start + LONGEST_LINE])
