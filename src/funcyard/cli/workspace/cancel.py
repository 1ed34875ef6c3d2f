"""``funcyard workspace cancel``: end an execution."""

from __future__ import annotations

import click

from funcyard.cli.workspace._calling import calling, client, show
from funcyard.cli.workspace._completing import complete_execution


@click.command("cancel")
@click.argument("identity", metavar="ID", shell_complete=complete_execution)
@calling
def command(identity: str, url: str, organization: str, *, as_json: bool) -> None:
    """End the execution ID: at once where it waits, else soon.

    Exit status: 0 it is being ended, 2 bad usage, 3 the platform refuses: it has ended, or there is
    none; 4 it does not answer.
    """
    from funcyard.workspace.api.paths import segment  # noqa: PLC0415 - keeps --help fast

    place = f"/executions/{segment(identity)}/cancel"
    found = client(url, organization).call("POST", place)
    show(found, lambda: [f"{found['status']}  {found['executionId']}"], as_json=as_json)
