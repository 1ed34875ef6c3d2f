"""``funcyard orch revision``: a revision switched on, off, or started again."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING

import click

from funcyard.cli._numbers import FiniteRange
from funcyard.cli.orch._completing import complete_revision
from funcyard.cli.orch._options import app_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.cli.orch._which import Choice
    from funcyard.containerapps.models import Revision


_DONE = {"activate": "active", "deactivate": "not active", "restart": "restarted"}


@click.group()
def command() -> None:
    """Activate, deactivate or restart a revision, and wait until that is so."""


def _switching(function: Callable[..., int]) -> Callable[..., int | None]:
    @click.argument("name", metavar="REVISION", shell_complete=complete_revision)
    @click.option(
        "--timeout",
        type=FiniteRange(min=1.0),
        default=300.0,
        show_default=True,
        metavar="SECONDS",
        help="For how long to wait.",
    )
    @app_options
    @functools.wraps(function)
    def packed(**given: object) -> int:
        return function(**given)

    return packed


@command.command("activate")
@_switching
def activate_command(name: str, timeout: float, choice: Choice) -> int:
    """Let REVISION run, and wait until its replicas are ready.

    Exit status: 0, 1 it does not run, 2 bad usage, 3 Azure refused, 4 Azure could not be reached,
    130 after Ctrl-C: what was asked for goes on.
    """
    return _switched(choice, "activate", name, timeout)


@command.command("deactivate")
@_switching
def deactivate_command(name: str, timeout: float, choice: Choice) -> int:
    """Let REVISION run no more, and wait until none of its replicas does.

    Exit status: 0, 1 it still runs, 2 bad usage, 3 Azure refused, 4 Azure could not be reached,
    130 after Ctrl-C: what was asked for goes on.
    """
    return _switched(choice, "deactivate", name, timeout)


@command.command("restart")
@_switching
def restart_command(name: str, timeout: float, choice: Choice) -> int:
    """Have the replicas of REVISION replaced, and wait until the new ones are ready.

    Exit status: 0, 1 they are not, 2 bad usage, 3 Azure refused, 4 Azure could not be reached,
    130 after Ctrl-C: what was asked for goes on.
    """
    return _switched(choice, "restart", name, timeout)


def _switched(choice: Choice, action: str, name: str, timeout: float) -> int:
    from funcyard.cli.orch._documents import revision_document  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import to_json, visible  # noqa: PLC0415 - keeps --help fast

    revision = asyncio.run(_switch(choice, action, name, timeout))
    if choice.as_json:
        click.echo(to_json({"done": action, "revision": revision_document(revision)}))
    else:
        click.echo(f"{visible(revision.name)} is {_DONE[action]}")
    return 0


async def _switch(choice: Choice, action: str, name: str, patience: float) -> Revision:
    from funcyard.cli.orch._session import opened  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.naming import named  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.observing import revisions_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.switching import Switch  # noqa: PLC0415 - keeps --help fast

    async with opened(choice, waits=patience) as session:
        client, resource = session.client, session.app
        app, revisions = await revisions_of(client, resource, patience=patience)
        whole = named(app, revisions, name).name
        switch = Switch(client, resource, patience=patience)
        if action == "deactivate":
            return await switch.deactivate(whole)
        if action == "activate":
            return await switch.activate(app, whole)
        return await switch.restart(app, whole)
