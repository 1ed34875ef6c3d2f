"""Log records of the app, sent to the host in batches, each with its invocation.

A record is appended from any thread and leaves with the next batch: at once before an invocation's
result, else a moment later. The newest records are dropped and counted when the host cannot keep
up, so that a tight loop of logging cannot exhaust the memory.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from .context import current_invocation, invocation_of_thread

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

_DELAY_SECONDS = 0.02
_LIMIT = 20_000


class BatchHandler(logging.Handler):
    """Root handler of the worker.

    Args:
        loop: The worker's loop, on which batches are sent.
        send: Takes one batch, a list of JSON-ready records.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, send: Callable[[list[dict[str, Any]]], None]
    ) -> None:
        super().__init__()
        self._loop = loop
        self._send = send
        self._batch: list[dict[str, Any]] = []
        self._dropped = 0
        self._scheduled = False

    def emit(self, record: logging.LogRecord) -> None:
        """Append a record (called by logging, under the handler's lock)."""
        if len(self._batch) >= _LIMIT:
            self._dropped += 1
            return
        try:
            entry = self._entry(record)
        except Exception:  # noqa: BLE001 - a bad format string in the app must not stop the app
            self.handleError(record)
            return
        self._batch.append(entry)
        if not self._scheduled:
            self._scheduled = True
            try:
                self._loop.call_soon_threadsafe(self._schedule)
            except RuntimeError:
                self._scheduled = False

    def flush(self) -> None:
        """Send what has gathered; only on the loop's thread."""
        if not self._batch and not self._dropped:
            return
        self.acquire()
        try:
            batch, self._batch = self._batch, []
            dropped, self._dropped = self._dropped, 0
            self._scheduled = False
        finally:
            self.release()
        if dropped:
            batch.append(
                {
                    "level": "warning",
                    "logger": "funcyard",
                    "message": f"{dropped} log records were dropped: too many at once",
                    "time": batch[-1]["time"],
                }
            )
        self._send(batch)

    def _schedule(self) -> None:
        self._loop.call_later(_DELAY_SECONDS, self.flush)

    def _entry(self, record: logging.LogRecord) -> dict[str, Any]:
        message = record.getMessage()
        if record.exc_info:
            message += "\n" + (self.formatter or _PLAIN).formatException(record.exc_info)
        entry: dict[str, Any] = {
            "level": _level(record.levelno),
            "logger": record.name,
            "message": message,
            "time": record.created,
        }
        invocation = current_invocation.get()
        if invocation is not None:
            entry["function"] = invocation.function_name
            entry["id"] = invocation.invocation_id
        elif identity := invocation_of_thread():
            entry["id"] = identity
        return entry


_PLAIN = logging.Formatter()


def _level(number: int) -> str:
    if number >= logging.ERROR:
        return "error"
    if number >= logging.WARNING:
        return "warning"
    return "info" if number >= logging.INFO else "debug"
