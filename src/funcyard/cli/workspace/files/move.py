"""``funcyard workspace files move``: move or rename a file or a folder of the workspace."""

from __future__ import annotations

import click

from funcyard.cli.workspace._calling import calling, client, show
from funcyard.cli.workspace.files._conditions import match_option, matching


@click.command("move")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--overwrite", is_flag=True, help="Let a file take the place of another.")
@match_option
@calling
def command(
    source: str,
    target: str,
    tag: str | None,
    url: str,
    organization: str,
    *,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Move or rename the file or folder FROM to the path TO.

    Exit status: 0 moved, 2 bad usage, 3 the platform refuses: something is there already, say; 4 it
    does not answer.
    """
    from funcyard.workspace.api.versions import number_of  # noqa: PLC0415 - keeps --help fast

    body = {"from": source, "to": target, "overwrite": overwrite}
    api = client(url, organization)
    done = api.ask("POST", "/workspace/move", body, headers=matching(tag)).json
    said = f"{done['to']}  version {number_of(done['version'])}, view {done['view']}"
    show(done, lambda: [said], as_json=as_json)
