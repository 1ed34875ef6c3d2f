"""``funcyard workspace files search``: find a text in the files of the workspace."""

from __future__ import annotations

import click

from funcyard.cli.workspace._calling import calling, client
from funcyard.cli.workspace.files._version import version_option, version_query


@click.command("search")
@click.argument("text")
@click.option("--regex", is_flag=True, help="TEXT is a regular expression.")
@click.option("--case", is_flag=True, help="Tell upper from lower case.")
@click.option("--path", default="", metavar="PATTERN", help="Only in files such as '*.py'.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=200, show_default=True, help="How many."
)
@version_option
@calling
def command(
    text: str,
    path: str,
    limit: int,
    version: str | None,
    url: str,
    organization: str,
    *,
    regex: bool,
    case: bool,
    as_json: bool,
) -> None:
    """Print where TEXT is in the files: PATH:LINE:COLUMN: and the line.

    Exit status: 0 searched, 2 bad usage, 3 the platform refuses, 4 it does not answer.
    """
    from funcyard.output import to_json, visible  # noqa: PLC0415 - keeps --help fast

    api = client(url, organization)
    query = {
        "q": text,
        "regex": "true" if regex else "",
        "case": "true" if case else "",
        "path": path,
        "limit": str(limit),
        **version_query(api, version),
    }
    found = api.call("GET", "/workspace/search", query=query)
    if as_json:
        click.echo(to_json(found))
        return
    for one in found["matches"]:
        click.echo(visible(f"{one['path']}:{one['line']}:{one['column']}: {one['text']}"))
    if not found["complete"]:
        click.echo("there may be more: raise --limit, or search less", err=True)
