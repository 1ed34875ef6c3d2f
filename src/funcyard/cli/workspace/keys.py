"""``funcyard workspace keys``: what opens the endpoints of workflows."""

from __future__ import annotations

from typing import Any

import click

from funcyard.cli.workspace._calling import calling, client, show
from funcyard.cli.workspace._completing import complete_workflow


@click.group()
def command() -> None:
    """Make and remove the keys that open workflows' endpoints; for admins."""


@command.command("list")
@calling
def list_command(url: str, organization: str, *, as_json: bool) -> None:
    """List what is known of the scope's keys, never the keys themselves. Times are in UTC."""
    found = client(url, organization).call("GET", "/workflow-keys")
    show(found, lambda: _table(found["keys"]), as_json=as_json)


@command.command("add")
@click.option(
    "--workflow",
    default="",
    metavar="NAME",
    shell_complete=complete_workflow,
    help="The only one that it opens; all of the scope's unless given.",
)
@click.option("--description", default="", metavar="TEXT", help="What it is for.")
@calling
def add_command(
    workflow: str, description: str, url: str, organization: str, *, as_json: bool
) -> None:
    """Make a key and print it, this once."""
    body = {"workflow": workflow, "description": description}
    made = client(url, organization).call("POST", "/workflow-keys", body)
    if not as_json:
        click.echo(f"made {made['id']}; the key is not shown again", err=True)
    show(made, lambda: [made["key"]], as_json=as_json)


@command.command("remove")
@click.argument("identity", metavar="ID")
@calling
def remove_command(identity: str, url: str, organization: str, *, as_json: bool) -> None:
    """Have the key ID open nothing any more."""
    from funcyard.workspace.api.paths import segment  # noqa: PLC0415 - keeps --help fast

    client(url, organization).call("DELETE", f"/workflow-keys/{segment(identity)}")
    show({"removed": identity}, lambda: [f"removed {identity}"], as_json=as_json)


def _table(found: list[dict[str, Any]]) -> list[str]:
    from funcyard.cli.workspace._showing import moment, rows  # noqa: PLC0415 - keeps --help fast

    if not found:
        return ["no keys"]
    cells = [
        [
            one["id"],
            one["workflow"] or "all",
            moment(one["createdAt"]),
            one["createdBy"],
            one["description"],
        ]
        for one in found
    ]
    return rows(["key", "opens", "made", "by", ""], cells)
