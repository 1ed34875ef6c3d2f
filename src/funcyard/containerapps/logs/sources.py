"""Which streams an app has now: one of each container of each replica, or the platform's one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from funcyard.containerapps.naming import named
from funcyard.errors import UsageError
from funcyard.output import first_few

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.azure.errors import AzureFailedError
    from funcyard.containerapps.models import Replica, Revision
    from funcyard.containerapps.observing import Observation


class NoSuchSourceError(UsageError):
    """What is named is no replica or container of the app."""

    code = "no-such-log"


@dataclass(frozen=True, slots=True)
class Source:
    """A stream.

    Attributes:
        address: Where it is told.
        revision: Of the replica.
        replica: Whose container's it is; empty for the platform's.
        container: The container; empty for the platform's.
    """

    address: str
    revision: str = ""
    replica: str = ""
    container: str = ""

    @property
    def is_system(self) -> bool:
        """Whether it is the platform's."""
        return not self.container


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are wanted; empty for any.

    Attributes:
        revision: Of this revision, by its name or its suffix; empty for all active ones.
        replica: Of this replica.
        container: Of this container.
        system: What the platform tells, instead of what containers print.
    """

    revision: str = ""
    replica: str = ""
    container: str = ""
    system: bool = False


def sources_of(observed: Observation, wanted: Wanted) -> tuple[Source, ...]:
    """Return the streams that are wanted and there now.

    Raises:
        AzureFailedError: There is none of those that could be read, and not all could.
        UnknownRevisionError: There is no such revision.
        NoSuchSourceError: There is no such replica or container.
    """
    app = observed.app
    wanted = by_whole_name(observed, wanted)
    if wanted.system:
        return (Source(app.event_stream, wanted.revision),) if app.event_stream else ()
    found = [
        Source(container.log_stream, revision.name, replica.name, container.name)
        for revision, replica in _replicas(observed, wanted)
        for container in replica.every_container()
        if container.log_stream and wanted.container in ("", container.name)
    ]
    if not found and (fault := _unread(observed, wanted)):
        raise fault
    if not found and (wanted.replica or wanted.container):
        _refuse(observed, wanted)
    return tuple(found)


def _unread(observed: Observation, wanted: Wanted) -> AzureFailedError | None:
    """Return why it is not known which replicas there are, None where it is."""
    asked = [one.name for one in observed.active if wanted.revision in ("", one.name)]
    if observed.revisions is not None and all(name in observed.replicas for name in asked):
        return None
    return next(iter(observed.faults), None)


def _replicas(observed: Observation, wanted: Wanted) -> Iterator[tuple[Revision, Replica]]:
    for revision in observed.active:
        if wanted.revision in ("", revision.name):
            for replica in observed.replicas.get(revision.name, ()):
                if wanted.replica in ("", replica.name):
                    yield revision, replica


def by_whole_name(observed: Observation, wanted: Wanted) -> Wanted:
    """Return which lines are wanted, of a revision by its whole name.

    Raises:
        UnknownRevisionError: There is no such revision.
    """
    if not wanted.revision or observed.revisions is None:
        return wanted
    return replace(wanted, revision=named(observed.app, observed.revisions, wanted.revision).name)


def _refuse(observed: Observation, wanted: Wanted) -> None:
    """Say which replicas or containers there are, where none is the one that is wanted."""
    of_revision = [one for _, one in _replicas(observed, Wanted(wanted.revision))]
    names = [one.name for one in of_revision]
    if wanted.replica and wanted.replica not in names:
        raise NoSuchSourceError(
            f"there is no replica {wanted.replica} now",
            hint=f"there are {first_few(names)}" if names else "there is none at all",
        )
    containers = sorted({inner.name for one in of_revision for inner in one.every_container()})
    if wanted.container and wanted.container not in containers:
        raise NoSuchSourceError(
            f"there is no container {wanted.container}",
            hint=f"there are {first_few(containers)}" if containers else "there is none at all",
        )
