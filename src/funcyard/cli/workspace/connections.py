"""``funcyard workspace connections``: which repositories are followed."""

from __future__ import annotations

from typing import Any

import click

from funcyard.cli.workspace._calling import calling, client, show


@click.command("connections")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many."
)
@calling
def command(limit: int, url: str, organization: str, *, as_json: bool) -> None:
    """List connections to repositories, and how the last sync of each ended. Times are in UTC.

    Exit status: 0 shown, 2 bad usage, 3 the platform refuses, 4 it does not answer.
    """
    from funcyard.workspace.api.paging import listed  # noqa: PLC0415 - keeps --help fast

    found = listed(client(url, organization), "/github-connections", "connections", limit)
    show({"connections": found}, lambda: _lines(found), as_json=as_json)


def _lines(found: list[dict[str, Any]]) -> list[str]:
    from funcyard.cli.workspace._showing import rows  # noqa: PLC0415 - keeps --help fast

    if not found:
        return ["no connections"]
    headers = ["scope", "repository", "branch", "state", "webhook", "last sync", ""]
    return rows(headers, [_cells(one) for one in found])


def _cells(one: dict[str, Any]) -> list[object]:
    from funcyard.cli.workspace._showing import moment  # noqa: PLC0415 - keeps --help fast

    last = one["lastSync"]
    return [
        one["orgId"],
        one["repositoryUrl"],
        one["repositoryBranch"],
        one["state"] if one["isEnabled"] else "paused",
        "registered" if one["webhookRegistered"] else "none",
        f"{moment(last['timestamp'])} {last['status']}" if last else "not yet",
        last["error"] if last else "",
    ]
