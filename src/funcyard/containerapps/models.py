"""A container app as Azure tells of it: the app, its revisions, and how replicas of it run.

A word that Azure did not tell is empty, a number that it did not tell is None.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.containerapps.states import (
    AppStates,
    ContainerStates,
    ReplicaStates,
    RevisionStates,
)
from funcyard.containerapps.template import Template

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Traffic:
    """A share of an app's requests.

    Attributes:
        weight: In percent.
        revision: Name of the revision that gets them; empty for the latest.
        latest: Whether they go to the latest revision that is ready.
        label: By which the revision can be reached at an address of its own.
    """

    weight: int = 0
    revision: str = ""
    latest: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Ingress:
    """How requests reach an app.

    Attributes:
        fqdn: Its name.
        external: Whether from outside of its environment.
        target_port: On which containers are expected to listen; 0 where Azure finds out.
        transport: Such as ``Auto`` or ``Tcp``.
        allow_insecure: Whether without TLS, too.
        traffic: How requests are shared among revisions; empty where all go to the latest.
    """

    fqdn: str = ""
    external: bool = False
    target_port: int = 0
    transport: str = ""
    allow_insecure: bool = False
    traffic: tuple[Traffic, ...] = ()

    @property
    def is_tcp(self) -> bool:
        """Whether it takes connections of any kind, and not HTTP."""
        return self.transport.lower() == "tcp"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret of an app, of which Azure tells the name alone.

    Attributes:
        name: Its name.
        vault_url: Where Key Vault keeps it; empty where the app does.
        identity: As whom it is read there.
    """

    name: str
    vault_url: str = ""
    identity: str = ""


@dataclass(frozen=True, slots=True)
class Registry:
    """How an app signs in to a registry.

    Attributes:
        server: Such as ``NAME.azurecr.io``.
        username: For a password.
        password_secret: Name of the app's secret that holds it.
        identity: Id of the identity that pulls instead, or ``system``.
    """

    server: str
    username: str = ""
    password_secret: str = ""
    identity: str = ""


@dataclass(frozen=True, slots=True)
class AppIdentity:
    """Who an app is towards Azure.

    Attributes:
        type: Such as ``None``, ``SystemAssigned`` or ``SystemAssigned, UserAssigned``.
        principal: Object id of the identity of its own; empty for none.
        assigned: Those assigned to it: their id, and the object id of each.
    """

    type: str = ""
    principal: str = ""
    assigned: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class App:
    """A container app.

    Attributes:
        id: Its id.
        name: Its name.
        states: Its own, which say nothing of revisions.
        location: Its region.
        environment_id: Id of its environment.
        profile: Name of its workload profile; ``Consumption`` unless it names another.
        mode: ``Single`` or ``Multiple``: whether one revision is active or as many as people want.
        latest_revision: Name of the latest revision.
        latest_ready_revision: Name of the latest one that became ready.
        latest_fqdn: Where the latest one can be reached itself.
        ingress: None where requests do not reach it.
        template: Of the next revision: that of the latest one.
        secrets: Their names.
        registries: Where images are pulled with a sign-in.
        identity: Who it is.
        event_stream: Where its events are told.
        created: When it was made.
        changed: When it was last changed.
        tags: Its tags.
    """

    id: str
    name: str
    states: AppStates = field(default_factory=AppStates)
    location: str = ""
    environment_id: str = ""
    profile: str = "Consumption"
    mode: str = "Single"
    latest_revision: str = ""
    latest_ready_revision: str = ""
    latest_fqdn: str = ""
    ingress: Ingress | None = None
    template: Template = field(default_factory=Template)
    secrets: tuple[Secret, ...] = ()
    registries: tuple[Registry, ...] = ()
    identity: AppIdentity = field(default_factory=AppIdentity)
    event_stream: str = ""
    created: datetime | None = None
    changed: datetime | None = None
    tags: tuple[tuple[str, str], ...] = ()

    @property
    def is_single(self) -> bool:
        """Whether one revision is active at a time."""
        return self.mode.lower() != "multiple"


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision of an app.

    Attributes:
        id: Its id.
        name: Its name.
        states: Its own.
        active: Whether it is meant to run.
        created: When it was made.
        last_active: When it was last active.
        replicas: How many it has now; None where that is not told.
        traffic_weight: Its share of the requests, in percent.
        fqdn: Where it can be reached itself.
        labels: By which it can be reached.
        template: What it consists of.
    """

    id: str
    name: str
    states: RevisionStates = field(default_factory=RevisionStates)
    active: bool = False
    created: datetime | None = None
    last_active: datetime | None = None
    replicas: int | None = None
    traffic_weight: int = 0
    fqdn: str = ""
    labels: tuple[str, ...] = ()
    template: Template = field(default_factory=Template)


@dataclass(frozen=True, slots=True)
class ReplicaContainer:
    """A container of a replica, as it runs.

    Attributes:
        name: Its name in the template.
        states: Its own.
        container_id: Which tells one start of it from the next.
        log_stream: Where what it prints is told.
        is_init: Whether it runs before the others.
    """

    name: str
    states: ContainerStates = field(default_factory=ContainerStates)
    container_id: str = ""
    log_stream: str = ""
    is_init: bool = False


@dataclass(frozen=True, slots=True)
class Replica:
    """A replica of a revision.

    Attributes:
        id: Its id.
        name: Its name.
        states: Its own.
        created: When it was made.
        containers: Its containers.
        init_containers: Those that run before them.
    """

    id: str
    name: str
    states: ReplicaStates = field(default_factory=ReplicaStates)
    created: datetime | None = None
    containers: tuple[ReplicaContainer, ...] = ()
    init_containers: tuple[ReplicaContainer, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether all of its containers are ready."""
        return bool(self.containers) and all(one.states.ready for one in self.containers)

    @property
    def restarts(self) -> int:
        """How often its containers were started again."""
        return sum(one.states.restart_count for one in self.every_container())

    def every_container(self) -> Iterator[ReplicaContainer]:
        """Yield its containers, those first that run first."""
        yield from self.init_containers
        yield from self.containers
