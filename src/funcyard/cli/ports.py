"""``funcyard ports``: ports for apps that are free on this machine now."""

from __future__ import annotations

import click

from funcyard.output import to_json
from funcyard.project.ports import FIRST_APP_PORT, free_ports


@click.command("ports")
@click.argument("count", metavar="N", type=int)
@click.option(
    "--start", type=int, default=FIRST_APP_PORT, show_default=True, help="The lowest to suggest."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(count: int, start: int, as_json: bool) -> None:
    """Suggest N free ports for apps.

    Ports of Azurite, Tilt and the debuggers are left out, and so is what is busy on 127.0.0.1.
    """
    found = free_ports(count, start=start)
    click.echo(to_json({"ports": found}) if as_json else "\n".join(map(str, found)))
