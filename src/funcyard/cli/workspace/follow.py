"""``funcyard workspace follow``: change how the repository is followed, and keep the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from funcyard.cli.workspace._calling import calling, client, show
from funcyard.cli.workspace._connection import outcome, repository_token

if TYPE_CHECKING:
    from funcyard.workspace.api.client import ApiClient


@click.command("follow")
@click.option("--branch", default="", metavar="NAME", help="Follow that branch from now on.")
@click.option("--pause", is_flag=True, help="Follow nothing; the files can be edited at once.")
@click.option("--resume", is_flag=True, help="Follow it again, and sync.")
@click.option("--new-token", is_flag=True, help="Use the token that FUNCYARD_GITHUB_TOKEN holds.")
@click.option("--new-secret", is_flag=True, help="Have the webhook sign with another secret.")
@calling
def command(
    branch: str,
    url: str,
    organization: str,
    *,
    pause: bool,
    resume: bool,
    new_token: bool,
    new_secret: bool,
    as_json: bool,
) -> None:
    """Change how the repository of the workspace is followed, and keep the connection.

    For a day the webhook's secret from before counts, too.

    Exit status: 0 changed, 2 bad usage, 3 the platform refuses, 4 it does not answer.
    """
    if pause and resume:
        raise click.UsageError("--pause and --resume are opposites.")
    change: dict[str, Any] = {}
    if branch:
        change["repositoryBranch"] = branch
    if pause or resume:
        change["isEnabled"] = resume
    if new_token:
        change["personalAccessToken"] = repository_token()
    if not change and not new_secret:
        raise click.UsageError("nothing is to be changed: see --help.")
    made = _changed(client(url, organization), change, new_secret=new_secret)

    def lines() -> list[str]:
        said = outcome(made, "follows" if made["connection"]["isEnabled"] else "paused")
        return [*said, f"sync        {made['jobId']}"] if made["jobId"] else said

    show(made, lines, as_json=as_json)


def _changed(api: ApiClient, change: dict[str, Any], *, new_secret: bool) -> dict[str, Any]:
    place = f"/github-connections/{api.scope}"
    made: dict[str, Any] = api.call("PUT", place, change) if change else {}
    if new_secret:
        rotated = api.call("POST", f"{place}/rotate-secret")
        made = {**rotated, "jobId": made.get("jobId") or rotated["jobId"]}
    return made
