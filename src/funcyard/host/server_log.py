"""What the HTTP server itself has to say, as events: its log has no other reader."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from funcyard.host.events import Event

if TYPE_CHECKING:
    from funcyard.host.events import Events

_LOGGER = "uvicorn.error"
_BROKEN_OFF = "ASGI callable returned without completing response."
"""How a response is broken off on purpose: its run has been told as failed."""


def publish_server_log(events: Events) -> None:
    """Publish uvicorn's warnings and errors there from now on, and nowhere else."""
    logger = logging.getLogger(_LOGGER)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    logger.handlers[:] = [_Publisher(events)]


class _Publisher(logging.Handler):
    def __init__(self, events: Events) -> None:
        super().__init__()
        self._events = events

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == _BROKEN_OFF:
            return
        message = f"http: {self.format(record).strip()}"
        serious = record.levelno >= logging.ERROR
        self._events.publish(Event("app", message, level="error" if serious else "warning"))
