"""``funcyard workspace logs``: what an execution logs."""

from __future__ import annotations

import click

from funcyard.cli.workspace._calling import calling, client
from funcyard.cli.workspace._completing import complete_execution


@click.command("logs")
@click.argument("identity", metavar="ID", shell_complete=complete_execution)
@click.option("-f", "--follow", is_flag=True, help="Go on until the execution has ended.")
@calling
def command(identity: str, url: str, organization: str, *, follow: bool, as_json: bool) -> None:
    """Show the log of the execution ID, as far as it is there; with --json an object a line.

    Exit status: 0 shown, 2 bad usage, 3 the platform refuses, 4 it does not answer.
    """
    from funcyard.cli.workspace._showing import entry  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.api import executions  # noqa: PLC0415 - keeps --help fast

    api = client(url, organization)
    log = executions.follow(api, identity) if follow else executions.log(api, identity).entries
    for one in log:
        click.echo(to_json(one, indent=None) if as_json else entry(one))
