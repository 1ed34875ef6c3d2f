"""``funcyard workspace connect``: keep a workspace in step with a repository from now on."""

from __future__ import annotations

import os

import click

from funcyard.cli.workspace._calling import calling, client, show
from funcyard.errors import UsageError

_VARIABLE = "FUNCYARD_GITHUB_TOKEN"


class NoTokenError(UsageError):
    """There is no token for the repository."""

    code = "workspace-no-token"


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
    token = os.environ.get(_VARIABLE)
    if not token:
        raise NoTokenError("there is no token for the repository", hint=f"set {_VARIABLE}")
    body = {
        "repositoryUrl": repository,
        "repositoryBranch": branch,
        "personalAccessToken": token,
    }
    made = client(url, organization).call("POST", "/github-connections", body)

    def lines() -> list[str]:
        webhook = made["webhook"]
        said = [f"connected   {made['connection']['repositoryUrl']} {branch}"]
        if webhook["registered"]:
            return [*said, "webhook     registered"]
        said.append(f"webhook     not registered: {webhook['reason']}")
        if "secret" in webhook and made["webhookUrl"]:
            said.append(
                f"            enter {made['webhookUrl']} with the secret {webhook['secret']}"
            )
        return said

    show(made, lines, as_json=as_json)
