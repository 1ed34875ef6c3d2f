"""What is wanted of a replica: specs, which never change.

Times are Azure's seconds, which the clock of the local Azure scales. Probes are those of
https://learn.microsoft.com/azure/container-apps/health-probes
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path


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
