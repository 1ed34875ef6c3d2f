"""What a revision consists of: containers, their probes and variables, and how many replicas.

https://learn.microsoft.com/azure/container-apps/azure-resource-manager-api-spec#container-app-template
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from funcyard.capacity.sizes import Size


@dataclass(frozen=True, slots=True)
class Probe:
    """A question by which a container is judged.

    Attributes:
        type: ``Startup``, ``Liveness`` or ``Readiness``.
        action: ``httpGet``, ``tcpSocket``; empty where it has neither.
        port: Of the container.
        path: Of ``httpGet``.
        scheme: Of ``httpGet``, ``HTTP`` unless it says otherwise.
        initial_delay: Seconds before the first one.
        period: Seconds from one to the next.
        timeout: Seconds for an answer.
        failure_threshold: After how many failures in a row it has failed.
        success_threshold: After how many successes it has succeeded again.
    """

    type: str = ""
    action: str = ""
    port: int | None = None
    path: str = ""
    scheme: str = ""
    initial_delay: int | None = None
    period: int | None = None
    timeout: int | None = None
    failure_threshold: int | None = None
    success_threshold: int | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable of a container.

    Attributes:
        name: Its name.
        value: Its value, which may be a secret that somebody wrote there; None for a reference.
        secret: Name of the app's secret that holds its value; empty for none.
    """

    name: str
    value: str | None = field(default=None, repr=False)
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Container:
    """A container as a template has it.

    Attributes:
        name: Its name.
        image: The reference of its image, as it was set.
        size: What it asks for; None where that is not told.
        command: Instead of the image's entrypoint; empty for that.
        args: Of the command.
        variables: Its environment.
        probes: By which it is judged. Where ingress is on, Azure adds those that are missing.
    """

    name: str
    image: str = ""
    size: Size | None = None
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = field(default=(), repr=False)
    variables: tuple[Variable, ...] = ()
    probes: tuple[Probe, ...] = ()

    def variable(self, name: str) -> Variable | None:
        """Return the last variable of a name, which is the one that counts; None for none."""
        return next((one for one in reversed(self.variables) if one.name == name), None)


@dataclass(frozen=True, slots=True)
class ScaleRule:
    """Why there are more replicas than the least.

    Attributes:
        name: Its name.
        type: ``http``, ``tcp``, ``azure-queue``, or the type of a custom one, such as ``cron``.
        metadata: What it says of a custom one.
    """

    name: str
    type: str = ""
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    """How many replicas there may be.

    Attributes:
        least: 0 unless it is set.
        most: 10 unless it is set.
        rules: Why there are more than the least.
    """

    least: int = 0
    most: int = 10
    rules: tuple[ScaleRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """What a revision consists of.

    Attributes:
        containers: That run beside each other in each replica.
        init_containers: That run before them.
        scale: How many replicas.
        suffix: What the revision's name was wanted to end with; empty where Azure chose.
    """

    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    scale: Scale = field(default_factory=Scale)
    suffix: str = ""

    @property
    def size(self) -> Size | None:
        """What a replica asks for, None where it is not told of every container."""
        sizes = [one.size for one in self.containers]
        known = [one for one in sizes if one is not None]
        if not known or len(known) < len(sizes):
            return None
        cpu = sum((one.cpu for one in known), Fraction())
        return Size(cpu, sum((one.memory for one in known), Fraction()))
