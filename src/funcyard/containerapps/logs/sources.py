"""Which streams an app has now: one of each container of each replica, or the platform's one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.containerapps.models import Replica, Revision
    from funcyard.containerapps.observing import Observation


class NoSuchSourceError(UserError):
    """What is named is no revision, replica or container of the app."""

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
        revision: Of this revision; empty for all active ones.
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
        NoSuchSourceError: There is no such revision, replica or container.
    """
    app = observed.app
    _check_revision(observed, wanted)
    if wanted.system:
        return (Source(app.event_stream, wanted.revision),) if app.event_stream else ()
    found = [
        Source(container.log_stream, revision.name, replica.name, container.name)
        for revision, replica in _replicas(observed, wanted)
        for container in replica.every_container()
        if container.log_stream and wanted.container in ("", container.name)
    ]
    if not found and (wanted.replica or wanted.container):
        _refuse(observed, wanted)
    return tuple(found)


def _replicas(observed: Observation, wanted: Wanted) -> Iterator[tuple[Revision, Replica]]:
    for revision in observed.active:
        if wanted.revision in ("", revision.name):
            for replica in observed.replicas.get(revision.name, ()):
                if wanted.replica in ("", replica.name):
                    yield revision, replica


def _check_revision(observed: Observation, wanted: Wanted) -> None:
    if not wanted.revision or observed.revisions is None:
        return
    if observed.revision(wanted.revision) is None:
        names = ", ".join(one.name for one in observed.revisions[-5:]) or "none"
        raise NoSuchSourceError(
            f"{observed.app.name} has no revision {wanted.revision}", hint=f"there are: {names}"
        )


def _refuse(observed: Observation, wanted: Wanted) -> None:
    """Say which replicas or containers there are, where none is the one that is wanted."""
    of_revision = [one for _, one in _replicas(observed, Wanted(wanted.revision))]
    names = [one.name for one in of_revision]
    if wanted.replica and wanted.replica not in names:
        raise NoSuchSourceError(
            f"there is no replica {wanted.replica} now",
            hint=f"there are: {', '.join(names) or 'none'}",
        )
    containers = sorted({inner.name for one in of_revision for inner in one.every_container()})
    if wanted.container and wanted.container not in containers:
        raise NoSuchSourceError(
            f"there is no container {wanted.container}",
            hint=f"there are: {', '.join(containers) or 'none'}",
        )
