"""What happens in the host, as one stream: logs, invocations, states; every view reads it.

Publishing never waits and never fails: a slow reader loses its oldest events and is told how many.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from funcyard.host.invocation import Outcome

Level = Literal["debug", "info", "warning", "error"]
Kind = Literal["log", "invocation", "app", "storage", "reload", "listener", "stopping", "ended"]

_KEPT = 2_000
_PENDING = 50_000  # more than a worker may send in one batch
_GATHER_SECONDS = 0.02
_CLIENT_LEFT: Final = "ClientDisconnect"


@dataclass(slots=True)
class Event:
    """One thing that happened; never changed, and not frozen because that doubles its cost.

    Attributes:
        kind: ``log`` (a line of the app's), ``invocation`` (a function ran), ``app`` (its state
            changed), ``reload``, ``storage`` (the emulator), ``listener`` (a trigger's trouble),
            ``stopping`` (the end was asked for), ``ended`` (the last one).
        message: The line for a person.
        app: Name of the app, empty for the host itself.
        function: Name of the function, where there is one.
        invocation_id: UUID of the invocation, where there is one.
        data: Whatever else a tool may want, JSON values.
        time: Seconds since the epoch.
    """

    kind: Kind
    message: str
    app: str = ""
    level: Level = "info"
    function: str = ""
    invocation_id: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    time: float = field(default_factory=time.time)

    def as_dict(self) -> dict[str, Any]:
        """Return the event as tools see it; written out, for it is made for every line of a log."""
        return {
            "event": self.kind,
            "time": self.time,
            "app": self.app,
            "level": self.level,
            "message": self.message,
            "function": self.function,
            "invocation_id": self.invocation_id,
            "data": self.data,
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Event:
        """Build from :meth:`as_dict`'s object."""
        fields = {name: value for name, value in document.items() if name != "event"}
        return cls(document["event"], **fields)

    @classmethod
    def of_invocation(cls, app: str, function: str, outcome: Outcome) -> Event:
        """Return the event of a finished invocation, worded as the real host words it.

        That a client left is no fault of the function: it is said in one quiet line.
        """
        failed = outcome.failed
        result = "Succeeded" if failed is None else "Failed"
        left = failed is not None and failed.kind == _CLIENT_LEFT and not failed.traceback
        if failed is not None and left:
            result = f"{failed.kind}: {failed.message}"
        message = (
            f"Executed 'Functions.{function}' ({result}, Id={outcome.invocation_id},"
            f" Duration={outcome.seconds * 1000:.0f}ms)"
        )
        if failed is not None and not left:
            message += f"\n{failed.traceback.rstrip() or f'{failed.kind}: {failed.message}'}"
        return cls(
            "invocation",
            message,
            app=app,
            level="info" if failed is None or left else "error",
            function=function,
            invocation_id=outcome.invocation_id,
            data={"seconds": outcome.seconds, "ok": failed is None},
        )

    @classmethod
    def of_listener(cls, app: str, function: str, level: Level, message: str) -> Event:
        """Return the event of a trigger's trouble: its function is named once, where there is one.

        Args:
            app: The app's name.
            function: The function that is affected, empty for several.
            level: How much it matters.
            message: What happened, without the function's name.
        """
        said = f"{function}: {message}" if function else message
        return cls("listener", said, app=app, function=function, level=level)


class Events:
    """The stream: publish from the host's loop, read by any number of subscribers."""

    def __init__(self) -> None:
        self._recent: deque[Event] = deque(maxlen=_KEPT)
        self._readers: set[_Reader] = set()
        self._closed = False

    def publish(self, event: Event) -> None:
        """Append an event and wake the readers."""
        self._recent.append(event)
        for reader in self._readers:
            reader.put(event)

    def close(self) -> None:
        """End the stream: readers get what is left, then their iteration ends."""
        self._closed = True
        for reader in self._readers:
            reader.wake()

    def recent(self, count: int = _KEPT) -> list[Event]:
        """Return up to ``count`` of the latest events, oldest first."""
        return list(self._recent)[-count:] if count else []

    async def follow(self) -> AsyncIterator[list[Event]]:
        """Yield what happens from now on, gathered a moment, until the stream is closed."""
        reader = _Reader()
        self._readers.add(reader)
        try:
            while reader.pending or not self._closed:
                yield await reader.get()
        finally:
            self._readers.discard(reader)


class _Reader:
    def __init__(self) -> None:
        self.pending: deque[Event] = deque()
        self._lost = 0
        self._ready = asyncio.Event()

    def put(self, event: Event) -> None:
        if len(self.pending) == _PENDING:
            self.pending.popleft()
            self._lost += 1
        self.pending.append(event)
        self.wake()

    def wake(self) -> None:
        if not self._ready.is_set():
            self._ready.set()

    async def get(self) -> list[Event]:
        await self._ready.wait()
        await asyncio.sleep(_GATHER_SECONDS)
        self._ready.clear()
        events = list(self.pending)
        self.pending.clear()
        if self._lost:
            message = f"{self._lost} events were skipped: the reader is too slow"
            events.insert(0, Event("log", message, level="warning"))
            self._lost = 0
        return events
