"""``funcyard workspace files remove``: remove a file, or a folder and all in it."""

from __future__ import annotations

import click

from funcyard.cli.workspace._calling import calling, client, show
from funcyard.cli.workspace.files._conditions import match_option, matching


@click.command("remove")
@click.argument("path")
@click.option("-r", "--recursive", is_flag=True, help="A folder, and all that is in it.")
@match_option
@calling
def command(
    path: str, tag: str | None, url: str, organization: str, *, recursive: bool, as_json: bool
) -> None:
    """Remove the file PATH from the workspace, which the versions before still have.

    Exit status: 0 removed, 2 bad usage, 3 the platform refuses: it is not there, say; 4 it does not
    answer.
    """
    from funcyard.workspace.api.paths import file_path  # noqa: PLC0415 - keeps --help fast

    kind = "directories" if recursive else "files"
    place = f"/workspace/{kind}/{file_path(path)}"
    client(url, organization).ask("DELETE", place, headers=matching(tag))
    show({"removed": path}, lambda: [f"removed {path}"], as_json=as_json)
