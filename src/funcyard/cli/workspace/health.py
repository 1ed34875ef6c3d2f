"""``funcyard workspace health``: whether all that the platform needs answers."""

from __future__ import annotations

from typing import Any

import click

from funcyard.cli.workspace._calling import calling, client, show

_UNAVAILABLE = 503


@click.command("health")
@calling
def command(url: str, organization: str, *, as_json: bool) -> int:
    """Ask the platform for tables, queues, the workspace, temporary storage and the vault.

    Exit status: 0 healthy, or degraded: all of it can be used; 1 unhealthy, 2 bad usage, 3 the
    platform refuses, 4 it does not answer.
    """
    api = client(url, organization)
    found = api.ask("GET", "/health", accepts=(_UNAVAILABLE,)).json
    show(found, lambda: _lines(found), as_json=as_json)
    return 1 if found["status"] == "unhealthy" else 0


def _lines(found: dict[str, Any]) -> list[str]:
    from funcyard.cli.workspace._showing import rows  # noqa: PLC0415 - keeps --help fast

    cells = [
        [name, "fine" if one["healthy"] else "fails", f"{one['durationMs']:.0f} ms", one["message"]]
        for name, one in found["checks"].items()
    ]
    return [found["status"], *rows(["check", "", "took", ""], cells)]
