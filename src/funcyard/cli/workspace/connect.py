"""``funcyard workspace connect``: keep a workspace in step with a repository from now on."""

from __future__ import annotations

import click

from funcyard.cli.workspace._calling import calling, client, show
from funcyard.cli.workspace._connection import outcome, repository_token


@click.command("connect")
@click.argument("repository")
@click.option("--branch", default="main", show_default=True, help="To follow.")
@calling
def command(repository: str, branch: str, url: str, organization: str, *, as_json: bool) -> None:
    """Connect the workspace to a repository; its files are replaced by the repository's.

    FUNCYARD_GITHUB_TOKEN holds the personal access token: Contents read, and Webhooks read and
    write for the webhook to be registered.

    Exit status: 0 connected, 2 bad usage, 3 the platform refuses, 4 it does not answer.
    """
    body = {
        "repositoryUrl": repository,
        "repositoryBranch": branch,
        "personalAccessToken": repository_token(),
    }
    made = client(url, organization).call("POST", "/github-connections", body)
    show(made, lambda: outcome(made, "connected"), as_json=as_json)
