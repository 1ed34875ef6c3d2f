"""What is known of a container app when it is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.azure.errors import AzureNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from funcyard.azure.activity_log import Change
    from funcyard.azure.resource_ids import ResourceId
    from funcyard.containerapps.capacity import Capacity
    from funcyard.containerapps.environment import Environment
    from funcyard.containerapps.events import Event
    from funcyard.containerapps.models import App, Replica, Revision
    from funcyard.containerapps.template import Container
    from funcyard.deployed.answers import Deployed, Exchange
    from funcyard.deployed.diagnosis import Diagnosis
    from funcyard.errors import FuncyardError


@dataclass(frozen=True, slots=True)
class Expected:
    """Which functions an app is expected to have.

    Attributes:
        count: How many.
        names: Their names; empty where only the number is known.
        triggers: The types of their triggers; empty where they are not known.
        source: Where that is from, in words.
    """

    count: int
    names: frozenset[str] = frozenset()
    triggers: frozenset[str] = frozenset()
    source: str = "--expect"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an app is reached, and what came of it.

    Attributes:
        url: Its address.
        ipv4: The addresses of its name.
        ipv6: The same, of the other kind.
        fault: Why the name does not resolve; empty where it does.
        home: The answer of its root; None where it was not asked.
    """

    url: str
    ipv4: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    fault: str = ""
    home: Exchange | None = None


@dataclass(frozen=True, slots=True)
class Host:
    """The Functions host of an app, as it answers.

    Attributes:
        deployed: Its answers.
        key_from: Where its master key was found, in words; empty for none.
    """

    deployed: Deployed
    key_from: str = ""


@dataclass(frozen=True, slots=True)
class StorageSeen:
    """The storage that an app keeps keys, locks and queues in.

    Attributes:
        where: The account, or its address, in words without a secret.
        fault: Why it cannot be used; empty where it can.
        hint: What to do about that.
        is_known: Whether it could be tried: the connection may be a secret that is not shown.
    """

    where: str
    fault: str = ""
    hint: str = ""
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Built:
    """The image that was built, beside the one that runs.

    Attributes:
        reference: As it was given.
        digest: What that is now; empty where it could not be found out.
        running: Digest of the image that runs; empty where it is not known.
        is_same: Whether both are one image: the digest of one may be that of all its platforms.
        is_proven: Whether it is certain which one runs: a tag may have been moved since.
        fault: Why one of them could not be found out.
    """

    reference: str
    digest: str = ""
    running: str = ""
    is_same: bool = False
    is_proven: bool = True
    fault: str = ""


@dataclass(frozen=True, slots=True)
class MissingRole:
    """A role that an identity of the app needs and has not.

    Attributes:
        role: Its name.
        scope: Id of what it has to be assigned on.
        principal: Object id of who needs it.
        purpose: What for, in words that go on from *to*.
    """

    role: str
    scope: str
    principal: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known.

    Attributes:
        resource: The app's id.
        now: The time of day.
        app: The app; None where it is not there or cannot be read.
        faults: What could not be found out, by what it was, and why.
        revisions: All that there are.
        replicas: Those of each active revision, by its name.
        environment: Where it runs.
        events: What the platform told lately, the oldest first.
        changes: What was asked of the Resource Manager lately, the newest first.
        capacity: Room on its workload profile; None where that is not known.
        endpoint: Where it is reached; None where it is not.
        built: The image that was built; None where none is named.
        is_deep: Whether what follows was asked for.
        host: Its Functions host; None where it could not be asked.
        expected: Which functions it should have; None where nobody said.
        storage: What ``AzureWebJobsStorage`` leads to; None where there is none.
        missing_roles: Which roles its identities have not.
        listening: The ports that its lines say it listens on.
        has_lines: Whether any line of it could be read.
        diagnoses: What its lines mean.
    """

    resource: ResourceId
    now: datetime
    app: App | None = None
    faults: Mapping[str, FuncyardError] = field(default_factory=dict)
    revisions: tuple[Revision, ...] = ()
    replicas: Mapping[str, tuple[Replica, ...]] = field(default_factory=dict)
    environment: Environment | None = None
    events: tuple[Event, ...] = ()
    changes: tuple[Change, ...] = ()
    capacity: Capacity | None = None
    endpoint: Endpoint | None = None
    built: Built | None = None
    is_deep: bool = False
    host: Host | None = None
    expected: Expected | None = None
    storage: StorageSeen | None = None
    missing_roles: tuple[MissingRole, ...] = ()
    listening: frozenset[int] = frozenset()
    has_lines: bool = False
    diagnoses: tuple[Diagnosis, ...] = ()

    @property
    def unread(self) -> FuncyardError | None:
        """Why it is not known whether the app is there; None where that is known."""
        fault = self.faults.get("app")
        return None if isinstance(fault, AzureNotFoundError) else fault

    @property
    def existing(self) -> App:
        """The app, which is there: without it nothing of it is judged."""
        assert self.app is not None  # noqa: S101 - see judging.py
        return self.app

    @property
    def is_out_of_reach(self) -> bool:
        """Whether it cannot be asked from here, and may all the same be asked from its network."""
        if self.environment is None or not self.environment.internal:
            return False
        home = self.endpoint.home if self.endpoint is not None else None
        return home is None or bool(home.failure)

    @property
    def latest(self) -> Revision | None:
        """The latest revision; None where there is none."""
        name = self.app.latest_revision if self.app is not None else ""
        return next((one for one in self.revisions if one.name == name), None)

    @property
    def is_latest_ready(self) -> bool:
        """Whether the latest revision became ready."""
        app = self.app
        return (
            app is not None
            and bool(app.latest_revision)
            and (app.latest_revision == app.latest_ready_revision)
        )

    @property
    def active(self) -> tuple[Revision, ...]:
        """The active revisions."""
        return tuple(one for one in self.revisions if one.active)

    @property
    def latest_replicas(self) -> tuple[Replica, ...]:
        """The replicas of the latest revision."""
        return self.replicas.get(self.app.latest_revision, ()) if self.app is not None else ()

    @property
    def all_ready(self) -> bool:
        """Whether the latest revision is ready, and so is every replica of it."""
        return self.is_latest_ready and all(one.ready for one in self.latest_replicas)

    def told_of_latest(self) -> tuple[Event, ...]:
        """Return what the platform told of the latest revision, the newest first."""
        name = self.app.latest_revision if self.app is not None else ""
        return tuple(one for one in reversed(self.events) if one.revision in (name, ""))

    def events_of_latest(self) -> tuple[Event, ...]:
        """Return the warnings about the latest revision, the newest first."""
        return tuple(one for one in self.told_of_latest() if one.is_warning)

    @property
    def main(self) -> Container | None:
        """The container that requests go to: the first; None where there is none."""
        containers = self.app.template.containers if self.app is not None else ()
        return containers[0] if containers else None

    @property
    def is_functions(self) -> bool:
        """Whether it is a Functions app, as far as that can be told."""
        if self.expected is not None:
            return True
        if self.host is not None and self.host.deployed.state:
            return True
        names = () if self.main is None else (one.name for one in self.main.variables)
        return any(name.upper().startswith(_FUNCTIONS) for name in names)


_FUNCTIONS = ("AZUREWEBJOBS", "FUNCTIONS_", "AZUREFUNCTIONS")
