"""What the commands share that make or change a connection to a repository."""

from __future__ import annotations

import os
from typing import Any

from funcyard.errors import UsageError

TOKEN_VARIABLE = "FUNCYARD_GITHUB_TOKEN"  # noqa: S105 - the variable's name


class NoTokenError(UsageError):
    """There is no token for the repository."""

    code = "workspace-no-token"


def repository_token() -> str:
    """Return the token for the repository.

    Raises:
        NoTokenError: The environment holds none.
    """
    token = os.environ.get(TOKEN_VARIABLE)
    if not token:
        raise NoTokenError("there is no token for the repository", hint=f"set {TOKEN_VARIABLE}")
    return token


def outcome(made: dict[str, Any], said: str) -> list[str]:
    """Return the lines that tell how a connection is now.

    Args:
        made: As the platform answers it.
        said: What became of it, in a word.
    """
    from funcyard.output import visible  # noqa: PLC0415 - keeps --help fast

    connection, webhook = made["connection"], made["webhook"]
    place = f"{connection['repositoryUrl']} {connection['repositoryBranch']}"
    lines = [f"{said:<12}{visible(place)}"]
    if webhook["registered"]:
        return [*lines, "webhook     registered"]
    lines.append(f"webhook     not registered: {visible(webhook['reason'])}")
    if "secret" in webhook and made["webhookUrl"]:
        entered = f"enter {made['webhookUrl']} with the secret {webhook['secret']}"
        lines.append(f"{'':<12}{visible(entered)}")
    return lines
