"""``funcyard workspace versions``: what can be rolled back to."""

from __future__ import annotations

from typing import Any

import click

from funcyard.cli.workspace._calling import calling, client, show


@click.command("versions")
@calling
def command(url: str, organization: str, *, as_json: bool) -> None:
    """List the versions that can be rolled back to, the newest first. Times are in UTC.

    Exit status: 0 shown, 2 bad usage, 3 the platform refuses, 4 it does not answer.
    """
    found = client(url, organization).call("GET", "/workspace/versions")
    show(found, lambda: _lines(found["versions"]), as_json=as_json)


def _lines(versions: list[dict[str, Any]]) -> list[str]:
    from funcyard.cli.workspace._showing import moment, rows  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.api.versions import number_of  # noqa: PLC0415 - keeps --help fast

    if not versions:
        return ["no versions"]
    return rows(
        ["version", "", "made", "kind", "by", "what"],
        [
            [
                one["number"],
                "*" if one["isCurrent"] else "",
                moment(one["createdAt"]),
                one["kind"],
                one["by"],
                f"of {number_of(one['what'])}" if one["kind"] == "rollback" else one["what"],
            ]
            for one in versions
        ],
    )
