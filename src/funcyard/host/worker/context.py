"""The ``context`` a function may ask for, with the attributes of azure.functions.Context.

https://learn.microsoft.com/azure/azure-functions/functions-reference-python#context
"""

from __future__ import annotations

import contextvars
import threading
from dataclasses import dataclass
from typing import Any

current_invocation: contextvars.ContextVar[Context | None] = contextvars.ContextVar(
    "current_invocation", default=None
)
"""The invocation that the running code belongs to; log records take their ids from it."""

_thread_local = threading.local()


@dataclass(frozen=True, slots=True)
class TraceContext:
    """W3C trace context; ``Traceparent`` and ``Tracestate`` are the older names of the fields."""

    trace_parent: str
    trace_state: str
    attributes: dict[str, str]

    @property
    def Traceparent(self) -> str:  # noqa: N802 - azure-functions' own name
        """The same as ``trace_parent``."""
        return self.trace_parent

    @property
    def Tracestate(self) -> str:  # noqa: N802 - azure-functions' own name
        """The same as ``trace_state``."""
        return self.trace_state

    @property
    def Attributes(self) -> dict[str, str]:  # noqa: N802 - azure-functions' own name
        """The same as ``attributes``."""
        return self.attributes


@dataclass(frozen=True, slots=True)
class RetryContext:
    """Which retry this is, of how many, after which exception."""

    retry_count: int
    max_retry_count: int
    exception: Any = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a function learns about its own invocation."""

    function_name: str
    function_directory: str
    invocation_id: str
    trace_context: TraceContext
    retry_context: RetryContext | None

    @property
    def thread_local_storage(self) -> threading.local:
        """Set ``invocation_id`` on it in threads of your own, so that their logs are attributed."""
        return _thread_local


def invocation_of_thread() -> str:
    """Return the invocation id that the user's own thread declared, else an empty string."""
    return str(getattr(_thread_local, "invocation_id", ""))
