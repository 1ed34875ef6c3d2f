"""``funcyard workspace files put``: write a file of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli._paths import ANY_PATH
from funcyard.cli.workspace._calling import calling, client, show
from funcyard.cli.workspace._source import content_of
from funcyard.cli.workspace.files._conditions import match_option, matching

if TYPE_CHECKING:
    from pathlib import Path


@click.command("put")
@click.argument("path")
@click.argument("source", type=ANY_PATH, metavar="FILE")
@click.option("--new", is_flag=True, help="Only where there is no such file.")
@match_option
@calling
def command(
    path: str,
    source: Path,
    tag: str | None,
    url: str,
    organization: str,
    *,
    new: bool,
    as_json: bool,
) -> None:
    """Write the file PATH of the workspace from FILE of this machine, - from standard input.

    Exit status: 0 written, 2 bad usage, 3 the platform refuses: it was changed meanwhile, or a
    repository is connected, say; 4 it does not answer.
    """
    from funcyard.workspace.api.paths import file_path  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.api.versions import number_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.editing import MOST_BYTES  # noqa: PLC0415 - keeps --help fast

    api = client(url, organization)
    place = f"/workspace/files/{file_path(path)}"
    condition = matching(tag) | ({"If-None-Match": "*"} if new else {})
    done = api.ask("PUT", place, content_of(source, MOST_BYTES), headers=condition).json
    said = f"{done['path']}  version {number_of(done['version'])}, view {done['view']}"
    show(done, lambda: [said], as_json=as_json)
