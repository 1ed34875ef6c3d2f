"""What tells one message from others in the logs of every function that it passes through."""

from __future__ import annotations

import logging
import re
import uuid
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import MutableMapping

HEADER: Final = "X-Trace-Id"

_SOUND: Final = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_current: ContextVar[str] = ContextVar("trace")


def begin(given: str | None) -> str:
    """Make an id that of what runs from here on; return it, or a new one where it is none."""
    trace = given if given and _SOUND.fullmatch(given) else uuid.uuid4().hex
    _current.set(trace)
    return trace


def trace_id() -> str:
    """Return the id of what runs."""
    return _current.get("")


class _Traced(logging.LoggerAdapter[logging.Logger]):
    def process(
        self, msg: object, kwargs: MutableMapping[str, Any]
    ) -> tuple[object, MutableMapping[str, Any]]:
        return f"[{trace_id()}] {msg}", kwargs


def logger(name: str) -> logging.LoggerAdapter[logging.Logger]:
    """Return a logger whose lines begin with the id."""
    return _Traced(logging.getLogger(f"twin.{name}"), {})
