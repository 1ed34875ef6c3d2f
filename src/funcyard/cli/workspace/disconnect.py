"""``funcyard workspace disconnect``: follow the repository no longer."""

from __future__ import annotations

import click

from funcyard.cli.workspace._calling import calling, client, show


@click.command("disconnect")
@calling
def command(url: str, organization: str, *, as_json: bool) -> None:
    """Disconnect the workspace; its files stay and can be edited at once.

    Exit status: 0 disconnected, 2 bad usage, 3 the platform refuses, 4 it does not answer.
    """
    api = client(url, organization)
    api.call("DELETE", f"/github-connections/{api.scope}")
    show({"disconnected": api.scope.name}, lambda: [f"disconnected {api.scope}"], as_json=as_json)
