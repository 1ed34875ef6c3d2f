"""``funcyard workspace files list``: what a folder of the workspace holds."""

from __future__ import annotations

from typing import Any

import click

from funcyard.cli.workspace._calling import calling, client, show
from funcyard.cli.workspace.files._version import version_option, version_query


@click.command("list")
@click.argument("path", metavar="[PATH]", default="")
@version_option
@calling
def command(path: str, version: str | None, url: str, organization: str, *, as_json: bool) -> None:
    """List what the folder PATH holds, the whole workspace unless given, with sizes in bytes.

    Exit status: 0 shown, 2 bad usage, 3 the platform refuses, 4 it does not answer.
    """
    api = client(url, organization)
    query = {"path": path, **version_query(api, version)}
    found = api.call("GET", "/workspace/files", query=query)
    show(found, lambda: _lines(found["items"]), as_json=as_json)


def _lines(items: list[dict[str, Any]]) -> list[str]:
    from funcyard.output import visible  # noqa: PLC0415 - keeps --help fast

    if not items:
        return ["no files"]
    width = max(len(str(one["size"])) for one in items)
    return [
        f"{'' if one['isDirectory'] else one['size']:>{width}}  {visible(one['path'])}"
        f"{'/' if one['isDirectory'] else ''}"
        for one in items
    ]
