"""``funcyard workspace download``: all files of a workspace as a ZIP file."""

from __future__ import annotations

from pathlib import Path

import click

from funcyard.cli._paths import ANY_PATH
from funcyard.cli.workspace._calling import calling, client, show
from funcyard.cli.workspace._local_file import check_target, is_output, overwrite_option, written
from funcyard.cli.workspace.files._version import version_option, version_query


@click.command("download")
@click.option(
    "-o",
    "--output",
    type=ANY_PATH,
    default=None,
    metavar="FILE",
    help="Where to; SCOPE-VERSION.zip in the current folder unless given, - standard output.",
)
@version_option
@click.option("--stored", is_flag=True, help="Compress nothing.")
@overwrite_option
@calling
def command(
    output: Path | None,
    version: str | None,
    url: str,
    organization: str,
    *,
    stored: bool,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Bring all files of the workspace here, as one ZIP file that is whole or not there.

    Exit status: 0 it is there, 1 it cannot be written, 2 bad usage, or a file is there already, 3
    the platform refuses, 4 it does not answer, or breaks off.
    """
    from funcyard.cli.workspace._progress import Bytes  # noqa: PLC0415 - keeps --help fast
    from funcyard.workspace.api import archives, versions  # noqa: PLC0415 - keeps --help fast

    api = client(url, organization)
    if output is not None:
        check_target(output, overwrite=overwrite)
    query = {
        **version_query(api, version),
        "stored": "true" if stored else "",
    }
    with api.opened("GET", archives.PLACE, query=query, headers=archives.ZIP) as answer:
        name = archives.version_of(answer)
        number = versions.number_of(name)
        target = output or Path(f"{api.scope}-{number}.zip")
        check_target(target, overwrite=overwrite)
        with written(target) as file, Bytes(answer.length) as progress:
            count = archives.bring(answer, file, progress.came)
    if is_output(target):
        return
    told = {"file": target, "scope": api.scope.name, "version": name, "bytes": count}
    show(told, lambda: [f"{target}  {api.scope} version {number}, {count} bytes"], as_json=as_json)
