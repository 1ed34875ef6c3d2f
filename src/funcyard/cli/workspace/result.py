"""``funcyard workspace result``: what an execution returned."""

from __future__ import annotations

import click

from funcyard.cli.workspace._calling import calling, client, show
from funcyard.cli.workspace._completing import complete_execution


@click.command("result")
@click.argument("identity", metavar="ID", shell_complete=complete_execution)
@calling
def command(identity: str, url: str, organization: str, *, as_json: bool) -> None:
    """Print what the execution ID returned, as JSON, with --json or without.

    Exit status: 0 printed, 2 bad usage, 3 the platform refuses: it returned nothing (yet), or there
    is none; 4 it does not answer.
    """
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.api import executions  # noqa: PLC0415 - keeps --help fast

    found = executions.result(client(url, organization), identity)
    show(found, lambda: [to_json(found)], as_json=as_json)
