"""``funcyard workspace executions``: what was executed, and how it went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from funcyard.cli.workspace._calling import calling, client, show
from funcyard.cli.workspace._completing import complete_execution, complete_workflow

if TYPE_CHECKING:
    from funcyard.workspace.api.client import ApiClient

_STATUSES = (
    *("Pending", "Running", "Cancelling"),
    *("Cancelled", "CompletedWithErrors", "Failed", "Success", "Timeout"),
)


@click.command("executions")
@click.argument("identity", metavar="[ID]", default="", shell_complete=complete_execution)
@click.option(
    "--status", type=click.Choice(_STATUSES), default=None, help="Only those that stand there."
)
@click.option(
    "--workflow",
    default="",
    metavar="NAME",
    shell_complete=complete_workflow,
    help="Only those of that workflow.",
)
@click.option("--user", default="", metavar="NAME", help="Only those that somebody started.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many."
)
@calling
def command(
    identity: str,
    status: str | None,
    workflow: str,
    user: str,
    limit: int,
    url: str,
    organization: str,
    *,
    as_json: bool,
) -> None:
    """List executions, the newest first, or show the one that ID names. Times are in UTC.

    Exit status: 0 shown, 2 bad usage, 3 the platform refuses, 4 it does not answer.
    """
    from funcyard.workspace.api.paging import listed  # noqa: PLC0415 - keeps --help fast

    api = client(url, organization)
    if identity:
        _show_one(api, identity, as_json=as_json)
        return
    wanted = {"status": status or "", "workflow": workflow, "user": user}
    found = listed(api, "/executions", "executions", limit, wanted)
    show({"executions": found}, lambda: _lines(found), as_json=as_json)


def _lines(found: list[dict[str, Any]]) -> list[str]:
    from funcyard.cli.workspace._showing import moment, rows, took  # noqa: PLC0415 - keeps --help fast

    if not found:
        return ["no executions"]
    return rows(
        ["execution", "workflow", "began", "status", "took", "by"],
        [
            [
                one["executionId"],
                one["workflow"],
                moment(one["createdAt"]),
                one["status"],
                took(one["durationMs"]) if one["finishedAt"] else "",
                one["caller"],
            ]
            for one in found
        ],
    )


def _show_one(api: ApiClient, identity: str, *, as_json: bool) -> None:
    from funcyard.cli.workspace._showing import failure, moment, named, took  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.api import executions  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.api.versions import number_of  # noqa: PLC0415 - keeps --help fast

    one = executions.read(api, identity)

    def lines() -> list[str]:
        told = [
            ("execution", one["executionId"]),
            ("workflow", f"{one['workflow']}  {one['scope']} version {number_of(one['version'])}"),
            ("status", one["status"]),
            ("asked for", f"{moment(one['createdAt'])}  {one['trigger']}  {one['caller']}"),
            ("began", moment(one["startedAt"])),
            ("ended", moment(one["finishedAt"])),
            ("took", took(one["durationMs"]) if one["finishedAt"] else ""),
            ("attempt", one["attempt"]),
            ("cancelled by", one["cancelledBy"]),
        ]
        return [*named(told), *failure(one)]

    show(one, lines, as_json=as_json)
