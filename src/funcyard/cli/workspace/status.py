"""``funcyard workspace status``: what runs, what the view shows, what it is kept in step with."""

from __future__ import annotations

from typing import Any

import click

from funcyard.cli.workspace._calling import calling, client, show


@click.command("status")
@calling
def command(url: str, organization: str, *, as_json: bool) -> None:
    """Show whether the workspace can be edited, what runs and what the view shows.

    Exit status: 0 shown, 2 bad usage, 3 the platform refuses, 4 it does not answer.
    """
    api = client(url, organization)
    found = api.call("GET", "/workspace/status")

    def lines() -> list[str]:
        connection, counts = found["githubConnection"], found["statistics"]
        kept = "edited by hand"
        if connection is not None:
            kept = f"{connection['repositoryUrl']} {connection['branch']}"
            kept += f", last sync {connection['lastSyncStatus'] or 'not yet'}"
        version = found["version"][:25] if found["version"] else "none"
        files = "1 file" if counts["totalFiles"] == 1 else f"{counts['totalFiles']} files"
        held = f"{files}, {counts['totalSize']} bytes"
        return [
            f"workspace   {api.scope}  {found['mode']}",
            f"version     {version}  {held}",
            f"view        {found['view']['state']}",
            f"follows     {kept}",
            *_packages(found),
            *_left_out(found),
        ]

    show(found, lines, as_json=as_json)


def _packages(found: dict[str, Any]) -> list[str]:
    """Return what runs and is in no version."""
    packages = found["packages"]
    if packages is None:
        return []
    changed = f"{packages['folder']}, changed {packages['changedAt'][:19]}Z"
    return [f"packages    {changed}: live, in no version"]


def _left_out(found: dict[str, Any]) -> list[str]:
    """Return what is in no version, where a person looks for why it does not run."""
    lines = [f"left out    {one['path']!a}: {one['detail']}" for one in found["leftOut"]]
    if more := found["leftOutCount"] - len(lines):
        lines.append(f"left out    {more} more")
    return lines
