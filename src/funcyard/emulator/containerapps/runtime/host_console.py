"""What the Functions host prints in a container, in the words of the real one's console.

The local host tells events as JSON; in Azure the console of a container has two lines for each:
level and category, then the text.

https://learn.microsoft.com/dotnet/core/extensions/console-log-formatter; the texts are those of
azure-functions-host (``Host.Startup``, ``GrpcWorkerChannel``).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_LEVELS: Final = {"debug": "dbug", "info": "info", "warning": "warn", "error": "fail"}
_INDENT: Final = "      "
_STARTUP: Final = "Host.Startup[0]"
_LIFETIME: Final = "Microsoft.Hosting.Lifetime[0]"
_CHANNEL: Final = "Host.Function.Console[0]"
_NONE_FOUND: Final = (
    "No job functions found. Try making your job classes and methods public. If you're using"
    " binding extensions (e.g. Azure Storage, ServiceBus, Timers, etc.) make sure you've called the"
    " registration method for the extension(s) in your startup code (e.g."
    " builder.AddAzureStorage(), builder.AddServiceBus(), builder.AddTimers(), etc.)."
)
_PLACE: Final = re.compile(r"[^\s:]+:\d+: ")


class HostConsole:
    """Turns lines of the local host into those of the real one.

    Args:
        printed: Takes stream and text of each.
    """

    def __init__(self, printed: Callable[[str, str], None]) -> None:
        self._printed = printed

    def __call__(self, stream: str, text: str) -> None:
        """Take a line; what is no event is told as it is."""
        event = _event(text) if stream == "stdout" else None
        if event is None:
            self._printed(stream, text)
            return
        for level, category, message in _told(event):
            self._printed(stream, f"{level}: {category}")
            for line in message.splitlines() or [""]:
                self._printed(stream, f"{_INDENT}{line}")


def _event(text: str) -> Mapping[str, Any] | None:
    if not text.startswith('{"event"'):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _told(event: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield level, category and text of what an event is in the real host's console."""
    kind, message = event["event"], str(event.get("message", ""))
    level = _LEVELS.get(str(event.get("level")), "info")
    function = str(event.get("function", ""))
    if kind == "ready":
        yield "info", _LIFETIME, "Application started. Press Ctrl+C to shut down."
        yield "info", _STARTUP, "Reading functions metadata (Worker)"
    elif kind == "app":
        yield from _loaded(event, level, message)
    elif kind == "log":
        yield level, f"Function.{function}.User[0]" if function else _CHANNEL, message
    elif kind == "invocation":
        yield level, f"Function.{function}[{2 if level == 'info' else 3}]", message
    elif kind == "listener":
        yield level, "Host.Listeners[0]", message
    elif kind == "stopping":
        yield "info", _LIFETIME, "Application is shutting down..."


def _loaded(event: Mapping[str, Any], level: str, message: str) -> Iterator[tuple[str, str, str]]:
    data = event.get("data") or {}
    names = data.get("functions")
    if level == "fail" and "kind" in data:
        fault = _PLACE.sub("", message, count=1)
        told = f"Worker failed to index functions\nResult: Failure\nException: {fault}"
        yield "fail", "Host.Function.Console[0]", told
        names = []
    elif level == "fail":
        service = "Microsoft.Azure.WebJobs.Script.WebHost.WebJobsScriptHostService[515]"
        yield "fail", service, f"A host error has occurred during startup operation.\n{message}"
        names = []
    if names is None:
        yield level, _STARTUP, message
        return
    yield "info", _STARTUP, f"{len(names)} functions found (Worker)"
    yield "info", _STARTUP, f"{len(names)} functions loaded"
    if not names:
        yield "info", _STARTUP, _NONE_FOUND
        return
    found = "\n".join(f"Host.Functions.{name}" for name in names)
    yield "info", _STARTUP, f"Found the following functions:\n{found}"
    yield "info", _STARTUP, "Job host started"
