"""``funcyard orch replicas``: replicas and their containers, once or as they change."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import click

from funcyard.cli.orch._completing import complete_revision
from funcyard.cli.orch._options import app_options

if TYPE_CHECKING:
    from funcyard.cli.orch._session import Session
    from funcyard.cli.orch._which import Choice
    from funcyard.containerapps.watching import Change, Looked

_PAUSE: Final = 2.0
"""Seconds from one look to the next."""


@click.command("replicas")
@click.option(
    "--revision",
    metavar="NAME",
    shell_complete=complete_revision,
    help="Of this one instead of all that are active.",
)
@click.option("--follow", is_flag=True, help="Go on with what changes, until Ctrl-C.")
@app_options
def command(choice: Choice, revision: str | None, *, follow: bool) -> int:
    """List replicas and their containers, and why probes fail.

    Exit status: 0, 2 bad usage, 3 Azure refused, 4 Azure could not be reached, 130 after Ctrl-C.
    """
    asyncio.run(_listed(choice, revision, follow=follow))
    return 0


async def _listed(choice: Choice, revision: str | None, *, follow: bool) -> None:
    from funcyard.cli.orch._session import opened  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.watching import look  # noqa: PLC0415 - keeps --help fast

    async with opened(choice) as session:
        looked = await look(session.client, session.cloud, session.app, revision)
        _show(looked, as_json=choice.as_json, one_line=follow)
        if follow:
            await _followed(session, revision, looked, as_json=choice.as_json)


async def _followed(
    session: Session, revision: str | None, before: Looked, *, as_json: bool
) -> None:
    from funcyard.azure.errors import AzureUnreachableError  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.orch._showing import show_faults  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.watching import changes, look  # noqa: PLC0415 - keeps --help fast

    was_reached = True
    while True:
        await asyncio.sleep(_PAUSE)
        session.client.patience.renew()
        try:
            now = await look(session.client, session.cloud, session.app, revision)
        except AzureUnreachableError as fault:
            if was_reached:
                show_faults([fault])
            was_reached = False
            continue
        was_reached = True
        for change in changes(before, now):
            _show_change(change, as_json=as_json)
        before = now


def _show(looked: Looked, *, as_json: bool, one_line: bool) -> None:
    from funcyard.cli.orch._documents import replica_document  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.orch._showing import REPLICA_HEADERS, replica_rows  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import table, to_json, visible  # noqa: PLC0415 - keeps --help fast

    if as_json:
        replicas = [
            {"revision": name, **replica_document(one)}
            for name, found in looked.replicas.items()
            for one in found
        ]
        probes = [
            {"replica": one.replica, "message": one.message, "count": one.count}
            for one in looked.probes
        ]
        document = {"replicas": replicas, "failed_probes": probes}
        click.echo(to_json(document, indent=None if one_line else 2))
        return
    rows = [row for found in looked.replicas.values() for row in replica_rows(found)]
    click.echo(table(REPLICA_HEADERS, rows) if rows else "no replica")
    for one in looked.probes:
        click.echo(f"{visible(one.replica)}: {visible(one.message)} ({one.count} times)")


def _show_change(change: Change, *, as_json: bool) -> None:
    from datetime import UTC, datetime  # noqa: PLC0415 - keeps --help fast

    from funcyard.cli.orch._documents import moment  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import to_json, visible  # noqa: PLC0415 - keeps --help fast

    now = datetime.now(UTC)
    if as_json:
        document = {
            "time": moment(now),
            "replica": change.replica,
            "container": change.container or None,
            "change": change.what,
        }
        click.echo(to_json(document, indent=None))
        return
    who = f"{change.replica} {change.container}".rstrip()
    click.echo(f"{now:%H:%M:%S}  {visible(who)}  {visible(change.what)}")
