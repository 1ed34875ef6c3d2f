"""``funcyard workspace files make-folder``: make a folder in the workspace."""

from __future__ import annotations

import click

from funcyard.cli.workspace._calling import calling, client, show


@click.command("make-folder")
@click.argument("path")
@calling
def command(path: str, url: str, organization: str, *, as_json: bool) -> None:
    """Make the folder PATH, and those it is in; a file that is put makes its folders itself.

    Exit status: 0 made, 2 bad usage, 3 the platform refuses: something is there already, say; 4 it
    does not answer.
    """
    from funcyard.workspace.api.paths import file_path  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.api.versions import number_of  # noqa: PLC0415 - keeps --help fast

    done = client(url, organization).call("POST", f"/workspace/directories/{file_path(path)}")
    said = f"{done['path']}/  version {number_of(done['version'])}, view {done['view']}"
    show(done, lambda: [said], as_json=as_json)
