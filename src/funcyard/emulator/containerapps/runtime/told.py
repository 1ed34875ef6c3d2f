"""What is told of a replica's containers: states, events and lines, in Container Apps' words.

- states: the ``runningState`` of
  https://learn.microsoft.com/rest/api/resource-manager/containerapps/container-apps-revision-replicas/list-replicas
- events: the ``Reason`` and ``Msg`` of system logs,
  https://learn.microsoft.com/azure/container-apps/log-monitoring#system-logs
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
