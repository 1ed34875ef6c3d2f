"""``funcyard workspace files get``: a file of the workspace, printed or brought here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli._paths import ANY_PATH
from funcyard.cli.workspace._calling import calling, client
from funcyard.cli.workspace._local_file import check_target, overwrite_option, written
from funcyard.cli.workspace.files._version import version_option, version_query

if TYPE_CHECKING:
    from pathlib import Path


@click.command("get")
@click.argument("path")
@click.option(
    "-o",
    "--output",
    type=ANY_PATH,
    default="-",
    show_default=True,
    metavar="FILE",
    help="Where to; - standard output.",
)
@version_option
@overwrite_option
@calling
def command(
    path: str,
    output: Path,
    version: str | None,
    url: str,
    organization: str,
    *,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Print the file PATH as it is, with --json with its ETag and version.

    Exit status: 0 it is there, 1 it cannot be written, 2 bad usage, or a file is there already, 3
    the platform refuses, 4 it does not answer.
    """
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.api.paths import file_path  # noqa: PLC0415 - keeps --help fast

    api = client(url, organization)
    place = f"/workspace/files/{file_path(path)}"
    check_target(output, overwrite=overwrite)
    query = version_query(api, version)
    if as_json:
        content = f"{to_json(api.call('GET', place, query=query))}\n".encode()
    else:
        raw = {"Accept": "application/octet-stream"}
        content = api.ask("GET", place, query=query, headers=raw).content
    with written(output) as file:
        file.write(content)
