"""``funcyard workspace syncs``: what was synced, and how it went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from funcyard.cli.workspace._calling import calling, client, show

if TYPE_CHECKING:
    from funcyard.workspace.api.client import ApiClient

_STATUSES = ("queued", "processing", "completed", "failed")
_SHORT = 12


@click.command("syncs")
@click.argument("identity", metavar="[ID]", default="")
@click.option(
    "--status", type=click.Choice(_STATUSES), default=None, help="Only those that stand there."
)
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many."
)
@calling
def command(
    identity: str, status: str | None, limit: int, url: str, organization: str, *, as_json: bool
) -> None:
    """List syncs, the newest first, or show the one that ID, or a commit, names. Times are in UTC.

    Exit status: 0 shown, 2 bad usage, 3 the platform refuses, 4 it does not answer.
    """
    from funcyard.workspace.api.paging import listed  # noqa: PLC0415 - keeps --help fast

    api = client(url, organization)
    if identity:
        _show_one(api, identity, as_json=as_json)
        return
    found = listed(api, "/sync-jobs", "jobs", limit, {"status": status or ""})
    show({"jobs": found}, lambda: _lines(found), as_json=as_json)


def _lines(found: list[dict[str, Any]]) -> list[str]:
    from funcyard.cli.workspace._showing import rows  # noqa: PLC0415 - keeps --help fast

    if not found:
        return ["no syncs"]
    headers = ["sync", "reason", "asked for", "status", "commit", "files", ""]
    return rows(headers, [_cells(one) for one in found])


def _cells(one: dict[str, Any]) -> list[object]:
    from funcyard.cli.workspace._showing import moment  # noqa: PLC0415 - keeps --help fast

    return [
        one["jobId"],
        one["reason"],
        moment(one["queuedAt"]),
        one["outcome"] or one["status"],
        (one["appliedCommitSha"] or one["commitSha"] or "")[:_SHORT],
        f"+{one['filesAdded']} ~{one['filesModified']} -{one['filesDeleted']}",
        one["errorMessage"],
    ]


def _show_one(api: ApiClient, identity: str, *, as_json: bool) -> None:
    from funcyard.cli.workspace._showing import moment, named, took  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import visible  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.api.paths import segment  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.api.versions import number_of  # noqa: PLC0415 - keeps --help fast

    one = api.call("GET", f"/sync-jobs/{segment(identity)}")

    def lines() -> list[str]:
        counts = f"{one['filesAdded']} added, {one['filesModified']} modified"
        told = [
            ("sync", f"{one['jobId']}  {one['orgId']}"),
            ("repository", f"{one['repositoryUrl']} {one['branch']}"),
            ("status", one["outcome"] or one["status"]),
            ("reason", one["reason"]),
            ("asked for", moment(one["queuedAt"])),
            ("ended", moment(one["completedAt"])),
            ("took", took(one["durationMs"]) if one["completedAt"] else ""),
            ("commit", one["appliedCommitSha"] or one["commitSha"]),
            ("version", number_of(one["version"]) if one["version"] else ""),
            ("files", f"{counts}, {one['filesDeleted']} deleted"),
            ("attempts", one["retryCount"] or ""),
            ("done by", one["supersededBy"]),
            ("error", one["errorMessage"]),
        ]
        left_out = [f"! {one['path']}  left out: {one['detail']}" for one in one["leftOut"]]
        return [*named(told), *map(visible, left_out)]

    show(one, lines, as_json=as_json)
