"""Between who decides which replicas there are and what runs them.

What is wanted of one is a spec (``wanted.py``); a :class:`Running` tells what is, in the words of
``told.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from funcyard.emulator.containerapps.runtime.told import ContainerState, LogLine, ReplicaEvent
    from funcyard.emulator.containerapps.runtime.usage import Usage
    from funcyard.emulator.containerapps.runtime.wanted import ReplicaSpec


class RuntimeFaultError(FuncyardError):
    """A replica cannot be run at all."""

    code = "replica-refused"


class Listener(Protocol):
    """Who is told what happens, in the event loop, at once; it must neither wait nor fail."""

    def happened(self, event: ReplicaEvent) -> None:
        """Take note of an event."""
        ...

    def changed(self, running: Running) -> None:
        """Take note that a replica's states are others now."""
        ...

    def printed(self, running: Running, container: str, line: LogLine) -> None:
        """Take note of a line, after it is in the log book."""
        ...


class LogBook(Protocol):
    """What a container printed, of all its starts; the oldest lines go when there are too many."""

    def tail(self, most: int) -> list[LogLine]:
        """Return the last lines, the oldest first."""
        ...

    def follow(self, after: int) -> AsyncIterator[LogLine]:
        """Yield each line behind one of a number (-1: from the first), then new ones as they come.

        It ends once the replica is gone and all is told. No line is left out and none comes twice,
        except that a reader who is overtaken goes on with the oldest line that is kept.
        """
        ...


class Running(Protocol):
    """A replica between its start and its end."""

    @property
    def spec(self) -> ReplicaSpec:
        """What is wanted of it."""
        ...

    @property
    def containers(self) -> tuple[ContainerState, ...]:
        """How its containers are, in the spec's order."""
        ...

    @property
    def init_containers(self) -> tuple[ContainerState, ...]:
        """How the ones before them are."""
        ...

    @property
    def is_ready(self) -> bool:
        """Whether all containers run and are ready."""
        ...

    def address(self, port: int) -> tuple[str, int]:
        """Return where this machine reaches a port of its containers."""
        ...

    def logs(self, container: str) -> LogBook:
        """Return the log book of a container.

        Raises:
            KeyError: There is no such container.
        """
        ...

    async def usage(self) -> tuple[Usage, ...]:
        """Return what each of its containers uses that runs."""
        ...

    async def ended(self) -> None:
        """Wait until no container runs any more and none will be started again."""
        ...

    async def stop(self, grace: float | None = None) -> None:
        """End it: asked first, killed after the grace, the spec's where none is given."""
        ...


class Runtime(Protocol):
    """Runs replicas. ``runtime.replicas.ProcessRuntime(folder, clock, authority)`` is one."""

    async def start(self, spec: ReplicaSpec, listener: Listener) -> Running:
        """Begin to run a replica; what keeps it from running is told by its states and events.

        Raises:
            RuntimeFaultError: A replica of that name runs, or there is no address left for one.
        """
        ...

    def find(self, name: str) -> Running | None:
        """Return the replica of a name that runs; None where none does."""
        ...

    async def forget(self, name: str) -> None:
        """Delete the log books of a replica that does not run."""
        ...

    async def stop(self) -> None:
        """End all replicas at once; their log books stay."""
        ...
