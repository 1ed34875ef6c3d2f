"""The words between who decides which replicas there are and what runs them.

Specs say what is wanted and never change; a :class:`Running` tells what is. Times in specs are
Azure's seconds, which the clock of the local Azure scales. Words are those of Container Apps:

- states of containers: the ``runningState`` of
  https://learn.microsoft.com/rest/api/resource-manager/containerapps/container-apps-revision-replicas/list-replicas
- events: the ``Reason`` and ``Msg`` of system logs,
  https://learn.microsoft.com/azure/container-apps/log-monitoring#system-logs
- probes: https://learn.microsoft.com/azure/container-apps/health-probes
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from pathlib import Path

    from funcyard.emulator.containerapps.runtime.usage import Usage


class RuntimeFaultError(FuncyardError):
    """A replica cannot be run at all."""

    code = "replica-refused"


class ProbeKind(StrEnum):
    """What a probe decides."""

    STARTUP = "Startup"
    LIVENESS = "Liveness"
    READINESS = "Readiness"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSpec:
    """A question that a container is asked again and again.

    Attributes:
        kind: What it decides.
        port: Of the container.
        path: Of an HTTP request; None asks only for a connection.
        scheme: ``HTTP`` or ``HTTPS``.
        headers: Of an HTTP request, beside its own.
        initial_delay: Seconds after the container's start before the first.
        period: Seconds between two.
        timeout: Seconds that an answer may take.
        successes: How many in a row make what failed good again.
        failures: How many in a row make what was good fail.
        grace: Seconds to end what failed; None for the replica's own.
    """

    kind: ProbeKind
    port: int
    path: str | None = None
    scheme: str = "HTTP"
    headers: tuple[tuple[str, str], ...] = ()
    initial_delay: float = 0
    period: float = 10
    timeout: float = 1
    successes: int = 1
    failures: int = 3
    grace: float | None = None


@dataclass(frozen=True, slots=True)
class Mount:
    """A folder of this machine that a container finds in its file system.

    Attributes:
        path: Where, absolute in the container.
        folder: Which.
    """

    path: str
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerSpec:
    """A container of a replica.

    Attributes:
        name: Its own in the replica.
        image: Reference, ``SERVER/REPOSITORY:TAG`` or ``SERVER/REPOSITORY@DIGEST``.
        command: In place of the image's entrypoint; None for that.
        args: In place of the image's own arguments; None for those.
        environment: Beside the image's, and before it.
        memory: Bytes that it may use.
        probes: At most one of a kind.
        mounts: Folders that it finds.
    """

    name: str
    image: str
    command: tuple[str, ...] | None = None
    args: tuple[str, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    memory: int = 1024**3
    probes: tuple[ProbeSpec, ...] = ()
    mounts: tuple[Mount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryLogin:
    """As whom images of a registry are pulled: by a password, or as an identity.

    Attributes:
        server: Host and port.
        username: With the password.
        password: Of a user of the registry.
        token: Returns a token of an identity for the Resource Manager, which the registry
            exchanges for its own; None where a password is given.
    """

    server: str
    username: str = ""
    password: str = field(default="", repr=False)
    token: Callable[[], Awaitable[str]] | None = field(default=None, repr=False)


class RestartPolicy(StrEnum):
    """Which containers that ended are started again."""

    ALWAYS = "Always"
    """All: those of an app."""
    NEVER = "Never"
    """None: those of a job's execution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaSpec:
    """A replica.

    Attributes:
        name: Its own among all that run.
        containers: The first is the main one.
        init_containers: Run to their end, one after another, before those.
        registries: As whom images are pulled.
        target_port: Of the main container, where requests go; None without ingress.
        has_default_probes: Whether the main container is probed at the target port as Azure does
            where it has no probe of a kind.
        grace: Seconds that a container has to end by itself.
        restarts: Which containers that ended are started again.
    """

    name: str
    containers: tuple[ContainerSpec, ...]
    init_containers: tuple[ContainerSpec, ...] = ()
    registries: tuple[RegistryLogin, ...] = ()
    target_port: int | None = None
    has_default_probes: bool = True
    grace: float = 30
    restarts: RestartPolicy = RestartPolicy.ALWAYS


class RunningState(StrEnum):
    """What a container does."""

    RUNNING = "Running"
    WAITING = "Waiting"
    TERMINATED = "Terminated"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerState:
    """How a container is now.

    Attributes:
        name: Of the container.
        running_state: What it does.
        details: Of that, in a sentence, as ``runningStateDetails`` tells it.
        reason: Why it waits or ended: ``CrashLoopBackOff``, ``ImagePullBackOff``, ``OOMKilled``,
            ``Completed``, ``Error`` …; nothing while it runs.
        is_ready: Whether it is ready for requests.
        is_started: Whether it is through with its start.
        restart_count: How often it was started again.
        container_id: Of the process that runs or ran last, as ``containerd://…``; nothing before.
        digest: Of the image's manifest; nothing before it was pulled.
        exit_code: With which it ended last; None where it has not.
        listening_ports: Of the container, that its process listens at.
    """

    name: str
    running_state: RunningState = RunningState.WAITING
    details: str = ""
    reason: str = ""
    is_ready: bool = False
    is_started: bool = False
    restart_count: int = 0
    container_id: str = ""
    digest: str = ""
    exit_code: int | None = None
    listening_ports: tuple[int, ...] = ()


class EventType(StrEnum):
    """Whether an event needs somebody's attention."""

    NORMAL = "Normal"
    WARNING = "Warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaEvent:
    """Something that happened to a container, in the words of system logs.

    Attributes:
        replica: Which.
        container: Of it.
        time: When, in seconds of the day's clock.
        type: Whether it needs attention.
        reason: One word.
        message: What a person reads.
        count: How often this happened to this container.
    """

    replica: str
    container: str
    time: float
    type: EventType
    reason: str
    message: str
    count: int


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line that a container printed.

    Attributes:
        number: Its place in all that this container of this replica printed, from 0.
        time: When it came, in seconds of the day's clock.
        stream: ``stdout`` or ``stderr``.
        text: Without its end.
    """

    number: int
    time: float
    stream: str
    text: str


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
