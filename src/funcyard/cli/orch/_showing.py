"""How a container app looks on a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import click

from funcyard.containerapps.verdict import Standing
from funcyard.output import table, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from funcyard.azure.errors import AzureFailedError
    from funcyard.containerapps.images import Image
    from funcyard.containerapps.models import App, Ingress, Replica, Revision
    from funcyard.containerapps.observing import Observation
    from funcyard.containerapps.verdict import Verdict

COLOURS: Final = {
    Standing.RUNNING: "green",
    Standing.SCALED_TO_ZERO: "green",
    Standing.STARTING: "yellow",
    Standing.DEGRADED: "yellow",
    Standing.FAILED: "red",
    Standing.STOPPED: "red",
    Standing.UNKNOWN: "yellow",
}
_UNITS: Final = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
_NOT_TOLD: Final = "-"


def show_status(
    seen: Observation, found: Verdict, revisions: Sequence[Revision], images: Sequence[Image]
) -> None:
    """Print the whole of ``orch status``."""
    standing = click.style(found.standing.value, fg=COLOURS[found.standing], bold=True)
    click.echo(f"{visible(seen.app.name)} is {standing}")
    for reason in found.because:
        click.echo(f"  {visible(reason)}")
    click.echo()
    for name, told in _facts(seen, images):
        click.echo(f"{name:<12} {visible(told)}")
    click.echo()
    click.echo(revision_table(revisions))
    rows = [row for one in revisions for row in replica_rows(seen.replicas.get(one.name, ()))]
    if rows:
        click.echo()
        click.echo(table(REPLICA_HEADERS, rows))
    show_faults(seen.faults)


def show_faults(faults: Iterable[AzureFailedError]) -> None:
    """Print what could not be read, and why."""
    for fault in faults:
        click.secho("not read: ", fg="yellow", err=True, nl=False)
        click.echo(visible(fault.message), err=True)


def revision_table(revisions: Iterable[Revision]) -> str:
    """Return revisions as a table, those first that were made last."""
    rows = [
        (
            visible(one.name),
            "yes" if one.active else "no",
            f"{one.traffic_weight} %",
            one.states.provisioning_state or _NOT_TOLD,
            one.states.running_state or _NOT_TOLD,
            one.states.health_state or _NOT_TOLD,
            _NOT_TOLD if one.replicas is None else one.replicas,
            age(one.created),
            visible(", ".join(container.image for container in one.template.containers)),
        )
        for one in reversed(list(revisions))
    ]
    headers = ("revision", "active", "traffic", "provisioning", "running", "health", "replicas")
    return table((*headers, "age", "image"), rows)


REPLICA_HEADERS: Final = (
    "replica",
    "state",
    "container",
    "state",
    "ready",
    "started",
    "restarts",
    "age",
    "details",
)


def replica_rows(replicas: Iterable[Replica]) -> Iterator[tuple[object, ...]]:
    """Yield a row for each container of replicas."""
    for replica in replicas:
        for container in replica.every_container():
            yield (
                visible(replica.name),
                replica.states.running_state or _NOT_TOLD,
                visible(container.name),
                container.states.running_state or _NOT_TOLD,
                _yes(container.states.ready),
                _yes(container.states.started),
                container.states.restart_count,
                age(replica.created),
                visible(container.states.details or replica.states.details),
            )


def age(since: datetime | None) -> str:
    """Return how long ago something was, in its largest unit."""
    if since is None:
        return _NOT_TOLD
    seconds = max(0, int((datetime.now(UTC) - since).total_seconds()))
    return next((f"{seconds // size} {unit}" for unit, size in _UNITS if seconds >= size), "0 s")


def _facts(seen: Observation, images: Iterable[Image]) -> Iterator[tuple[str, str]]:
    app = seen.app
    yield "app", ", ".join(_told(app))
    yield "mode", app.mode
    if seen.environment is not None:
        state = seen.environment.provisioning_state or "state not told"
        yield "environment", f"{seen.environment.name}, {state}"
    yield "profile", _profile(seen)
    yield "ingress", _ingress(app.ingress)
    for image in images:
        yield "image", f"{image.container}: {_image(image)}"


def _told(app: App) -> Iterator[str]:
    yield app.states.provisioning_state or "provisioning state not told"
    yield app.states.running_status or "running status not told"
    if app.created is not None:
        yield f"{age(app.created)} old"
    if app.changed is not None:
        yield f"changed {age(app.changed)} ago"


def _profile(seen: Observation) -> str:
    name = seen.app.profile
    profile = seen.environment.profile(name) if seen.environment else None
    if profile is None:
        return name if seen.environment is None else f"{name}, which its environment has not"
    if profile.maximum is None:
        return f"{name} ({profile.type})"
    state = seen.profile_state(name)
    now = "?" if state is None or state.current is None else state.current
    return f"{name} ({profile.type}): {now} of {profile.minimum or 0} to {profile.maximum} nodes"


def _ingress(ingress: Ingress | None) -> str:
    if ingress is None:
        return "none"
    port = f"port {ingress.target_port}" if ingress.target_port else "a port that Azure finds"
    where = "" if ingress.external else ", within its environment only"
    return f"https://{ingress.fqdn} to {port}{where}"


def _image(image: Image) -> str:
    if image.is_proven:
        return image.reference
    if not image.digest:
        return f"{image.reference} (digest not known: {image.failure})"
    return f"{image.reference} (unproven: now {image.digest})"


def _yes(told: bool | None) -> str:
    return _NOT_TOLD if told is None else "yes" if told else "no"
