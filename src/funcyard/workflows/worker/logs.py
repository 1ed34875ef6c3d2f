"""What an execution says: logging, ``print`` and standard error, in order, bounded, on the channel.

An entry is ``{"time", "level", "source", "text"}``. The first leaves at once, others in batches: at
most 50 ms late, and before the result. Lines are cut, and what is more than the limit is counted
instead of sent, so that a loop that prints harms nobody. What a child process or C code writes to
the descriptors goes through a pipe that the engine reads.
"""

from __future__ import annotations

import io
import logging
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_LINE: Final = 8_000
"""Characters of an entry's text."""

_DELAY_SECONDS: Final = 0.05
_BATCH: Final = 500
_ENTRY: Final = 100
"""What an entry counts besides its text."""


class Journal:
    """Gathers entries and sends them.

    Args:
        send: Takes a list of entries; may be called from any thread, one at a time.
        limit: Characters per execution, with a hundred for every entry; beyond it entries are
            counted only.
    """

    def __init__(self, send: Callable[[list[dict[str, Any]]], None], limit: int) -> None:
        self._send = send
        self._limit = limit
        self._room = limit
        self._dropped = 0
        self._sent = 0.0
        self._entries: list[dict[str, Any]] = []
        self._wake = threading.Event()
        self._lock = threading.RLock()

    def start(self) -> None:
        """Begin to send what is late, from a thread of its own."""
        threading.Thread(target=self._flush_late, name="funcyard-logs", daemon=True).start()

    def begin(self) -> None:
        """Begin a new execution: what is left of another's is gone."""
        with self._lock:
            self._entries.clear()
            self._room, self._dropped = self._limit, 0

    def add(self, level: str, source: str, text: str) -> None:
        """Take an entry (from any thread)."""
        if len(text) > LONGEST_LINE:
            text = f"{text[:LONGEST_LINE]}… ({len(text) - LONGEST_LINE} characters more)"
        with self._lock:
            if self._room <= 0:
                self._dropped += 1
                return
            self._room -= len(text) + _ENTRY
            entry = {"time": time.time(), "level": level, "source": source, "text": text}
            self._entries.append(entry)
            if len(self._entries) >= _BATCH or time.monotonic() > self._sent + _DELAY_SECONDS:
                self.flush()
                return
        self._wake.set()

    def end(self) -> None:
        """Send everything, and how much was left out."""
        with self._lock:
            if self._dropped:
                text = f"{self._dropped} more lines were left out: an execution may log"
                text += f" {self._limit:,} characters"
                self._entries.append(
                    {"time": time.time(), "level": "warning", "source": "funcyard", "text": text}
                )
                self._dropped = 0
            self.flush()

    def flush(self) -> None:
        """Send what has gathered."""
        with self._lock:
            if self._entries:
                entries, self._entries = self._entries, []
                self._sent = time.monotonic()
                self._send(entries)

    def renew_lock(self) -> None:
        """Make a lock that nobody holds: of a forked child, where its holder does not live on."""
        self._lock = threading.RLock()

    def _flush_late(self) -> None:
        while True:
            self._wake.wait()
            time.sleep(_DELAY_SECONDS)
            self._wake.clear()
            self.flush()


class LogHandler(logging.Handler):
    """Root handler of the worker."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record (called by logging)."""
        try:
            text = self.format(record)
        except Exception:  # noqa: BLE001 - a bad format string must not stop the execution
            text = f"a log record that cannot be formatted: {record.msg!r}"
        self._journal.add(record.levelname.lower(), record.name, text)


class _Lines(io.RawIOBase):
    """What is written to it becomes entries, one a line."""

    def __init__(self, journal: Journal, source: str, descriptor: int) -> None:
        super().__init__()
        self._journal = journal
        self._source = source
        self._descriptor = descriptor
        self._rest = b""

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, data: Any) -> int:  # noqa: ANN401 - a buffer
        *lines, self._rest = (self._rest + bytes(data)).split(b"\n")
        for line in lines:
            self._take(line)
        if len(self._rest) > LONGEST_LINE:
            self.end_line()
        return len(data)

    def end_line(self) -> None:
        """Take what is left of a line without an end."""
        rest, self._rest = self._rest, b""
        if rest:
            self._take(rest)

    def _take(self, line: bytes) -> None:
        level = "error" if self._source == "stderr" else "info"
        self._journal.add(level, self._source, line.decode("utf-8", "replace").rstrip("\r"))


class Streams:
    """``sys.stdout`` and ``sys.stderr`` on a journal."""

    def __init__(self, journal: Journal) -> None:
        self._original = sys.stdout, sys.stderr
        self._raw = [_Lines(journal, "stdout", 1), _Lines(journal, "stderr", 2)]
        self._text = [_text(raw) for raw in self._raw]

    def install(self) -> None:
        """Put them in place, again where the code has put others."""
        sys.stdout, sys.stderr = self._text

    def end(self) -> None:
        """Take everything that was written so far."""
        for stream in (sys.stdout, sys.stderr, *self._text):
            try:
                stream.flush()
            except Exception:  # noqa: BLE001, S112 - the code may have closed or replaced it
                continue
        for index, raw in enumerate(self._raw):
            raw.end_line()
            if self._text[index].closed:
                self._raw[index] = raw = _Lines(raw._journal, raw._source, raw._descriptor)  # noqa: PLW2901, SLF001 - the same stream anew
                self._text[index] = _text(raw)
        self.install()

    def give_back(self) -> None:
        """Write to the descriptors themselves from here on: in a forked child."""
        sys.stdout, sys.stderr = self._original


def _text(raw: _Lines) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding="utf-8", errors="backslashreplace", line_buffering=True
    )
