"""``funcyard orch capacity``: what the profile has, what runs there, what a new revision needs."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from funcyard.cli.orch._options import app_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from funcyard.azure.metrics import Usage
    from funcyard.capacity.sizes import Size
    from funcyard.cli.orch._session import Session
    from funcyard.cli.orch._which import Choice
    from funcyard.containerapps.capacity import Capacity, Need
    from funcyard.containerapps.observing import Observation


_PATIENCE: Final = 5.0
"""Seconds for Azure Monitor, which is asked besides."""


@click.command("capacity")
@app_options
def command(choice: Choice) -> int:
    """Tell what the app's workload profile has, what runs there, and what a new revision needs.

    Exit status: 0, 2 bad usage, 3 Azure refused, 4 Azure could not be reached, 130 after Ctrl-C.
    """
    from funcyard.cli.orch._documents import fault_document  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.orch._showing import show_faults  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast

    seen, capacity, used = asyncio.run(_looked(choice))
    if choice.as_json:
        faults = [fault_document(one) for one in seen.faults]
        told = capacity_document(capacity, used)
        document = {"app": seen.app.name, "mode": seen.app.mode, **told}
        click.echo(to_json({**document, "faults": faults}))
    else:
        _show(seen, capacity, used)
        show_faults(seen.faults)
    return 0


async def _looked(choice: Choice) -> tuple[Observation, Capacity, Mapping[str, Usage]]:
    from funcyard.cli.orch._session import opened  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.capacity import capacity_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.neighbours import neighbours_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.observing import observe  # noqa: PLC0415 - keeps --help fast

    async with opened(choice) as session:
        seen, used = await asyncio.gather(observe(session.client, session.app), _used(session))
        others = await neighbours_of(session.client, session.app, seen.app)
    return seen, capacity_of(seen, others), used


async def _used(session: Session) -> Mapping[str, Usage]:
    """Return what the app's replicas use; nothing where Azure Monitor does not tell it in time."""
    from funcyard.azure.deadline import within  # noqa: PLC0415 - keeps --help fast
    from funcyard.azure.errors import AzureFailedError  # noqa: PLC0415 - keeps --help fast
    from funcyard.azure.manager import Manager  # noqa: PLC0415 - keeps --help fast
    from funcyard.azure.metrics import usage_of  # noqa: PLC0415 - keeps --help fast

    try:
        async with (
            within(_PATIENCE),
            Manager(session.sign_in, session.cloud, session.client.patience) as manager,
        ):
            return await usage_of(manager, session.app, datetime.now(UTC))
    except (AzureFailedError, TimeoutError):
        return {}


def capacity_document(capacity: Capacity, used: Mapping[str, Usage]) -> dict[str, Any]:
    """Return room on a profile as JSON.

    Args:
        capacity: The room.
        used: What replicas use, by the name of their revision.
    """
    return {
        "profile": {
            "name": capacity.profile,
            "type": capacity.type or None,
            "minimum": capacity.minimum,
            "maximum": capacity.maximum,
            "current": capacity.current,
            "node": _size(capacity.node),
        },
        "replica": _size(capacity.replica),
        "new_replicas": capacity.new,
        "placed": [
            {
                "app": one.app,
                "revision": one.revision,
                "replicas": one.count,
                "each": _size(one.size),
                "used": _usage(used.get(one.revision)),
            }
            for one in capacity.placed
        ],
        "single": _need(capacity.single),
        "multiple": _need(capacity.multiple),
        "unknown": list(capacity.unknown),
    }


def _size(size: Size | None) -> dict[str, float] | None:
    return None if size is None else {"cpu": float(size.cpu), "memory_gib": float(size.memory)}


def _usage(usage: Usage | None) -> dict[str, float | None] | None:
    return None if usage is None else {"cpu": usage.cpu, "memory_gib": usage.memory}


def _need(need: Need | None) -> dict[str, object] | None:
    if need is None:
        return None
    return {"old_replicas": need.old, "nodes": need.nodes, "fits": need.fits}


def _show(seen: Observation, capacity: Capacity, used: Mapping[str, Usage]) -> None:
    from funcyard.output import table, visible  # noqa: PLC0415 - keeps --help fast

    click.echo(visible(" ".join(_head(capacity))))
    rows = [
        (
            visible(one.app),
            visible(one.revision),
            one.count,
            one.size or "not told",
            _in_words(used.get(one.revision)),
        )
        for one in capacity.placed
    ]
    if rows:
        click.echo()
        click.echo(table(("app", "revision", "replicas", "each asks for", "all use"), rows))
    click.echo()
    asked = capacity.replica or "what is not told"
    plural = "" if capacity.new == 1 else "s"
    click.echo(f"a new revision has {capacity.new} replica{plural} at least, each of {asked}")
    for line in _needs(seen, capacity):
        click.echo(line)
    for one in capacity.unknown:
        click.secho("not known: ", fg="yellow", nl=False)
        click.echo(visible(one))


def _in_words(usage: Usage | None) -> str:
    if usage is None:
        return "-"
    cpu = "-" if usage.cpu is None else f"{usage.cpu:.2f} vCPU"
    memory = "-" if usage.memory is None else f"{usage.memory:.2f} GiB"
    return f"{cpu}, {memory}"


def _head(capacity: Capacity) -> Iterator[str]:
    kind = f" ({capacity.type})" if capacity.type else ""
    if capacity.is_shared:
        yield f"profile {capacity.profile}{kind}: the platform finds room for each replica"
        return
    now = "an unknown number of" if capacity.current is None else capacity.current
    yield f"profile {capacity.profile}{kind}: {now} node{'' if now == 1 else 's'}"
    if capacity.maximum is not None:
        yield f"of {capacity.minimum or 0} to {capacity.maximum}"
    if capacity.node is not None:
        yield f"with {capacity.node} each"


def _needs(seen: Observation, capacity: Capacity) -> Iterator[str]:
    if capacity.is_too_large:
        yield "it fits on no node of this profile"
    for name, need in (("single", capacity.single), ("multiple", capacity.multiple)):
        if need is None:
            continue
        is_mode = seen.app.is_single == (name == "single")
        room = "fits" if need.fits else f"does not fit: there are at most {capacity.maximum}"
        line = (
            f"in {name} mode, beside {need.old} of former revisions: {need.nodes} nodes, {room}"
            f"{' (the mode of this app)' if is_mode else ''}"
        )
        colour = ("green" if need.fits else "red") if is_mode else None
        yield click.style(line, fg=colour)
