"""The webhook of a connection at GitHub: made, adopted, brought up to date, removed.

That it cannot be is no reason not to connect: a token may only read, GitHub may be busy, and this
platform may have no public address. It is told, and the timer sees to pushes meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.workspace.git.address import BadRepositoryUrlError
from funcyard.workspace.github.errors import (
    GitHubError,
    GitHubNotFoundError,
    GitHubRateLimitedError,
    GitHubUnreachableError,
)

if TYPE_CHECKING:
    from funcyard.workspace.connections.model import Connection
    from funcyard.workspace.git.token import Token
    from funcyard.workspace.github.answers import Hook
    from funcyard.workspace.github.client import GitHub


@dataclass(frozen=True, slots=True)
class Registration:
    """Whether a webhook is as it should be.

    Attributes:
        hook: GitHub's id of it, None where there is none.
        fault: Why it is not; empty where it is.
        retry_after: In how many seconds it may be tried again; None where that is of no use.
    """

    hook: int | None
    fault: str = ""
    retry_after: float | None = None


class Hooks:
    """Webhooks at GitHub.

    Args:
        github: Its API.
    """

    def __init__(self, github: GitHub) -> None:
        self._github = github

    async def register(self, connection: Connection, token: Token, secret: str) -> Registration:
        """Have pushes delivered, signed with a secret; a webhook that is there is adopted."""
        if reason := self._unknown(connection):
            return Registration(None, reason)
        try:
            hook = await self._brought(connection, token, secret)
        except (GitHubError, BadRepositoryUrlError) as fault:
            gone = isinstance(fault, GitHubNotFoundError)
            return Registration(None if gone else connection.hook, fault.message, _retry(fault))
        return Registration(hook.id)

    async def remove(self, connection: Connection, token: Token) -> str:
        """Have nothing delivered any more; return why that could not be done, or nothing."""
        if self._unknown(connection):
            return ""
        try:
            hook = connection.hook
            if hook is None:
                found = await self._found(connection, token)
                hook = None if found is None else found.id
            if hook is not None:
                await self._github.delete_hook(connection.repository, hook, token)
        except (GitHubError, BadRepositoryUrlError) as fault:
            return fault.message
        return ""

    def _unknown(self, connection: Connection) -> str:
        if not connection.webhook_url:
            return "this platform has no public address that GitHub could deliver to"
        if not self._github.knows(connection.repository):
            return f"{connection.repository.host} is not the host whose API is configured"
        return ""

    async def _brought(self, connection: Connection, token: Token, secret: str) -> Hook:
        place, url = connection.repository, connection.webhook_url
        if connection.hook is not None:
            try:
                return await self._github.update_hook(place, connection.hook, url, secret, token)
            except GitHubNotFoundError:
                pass  # somebody removed it
        if (found := await self._found(connection, token)) is None:
            try:
                return await self._github.create_hook(place, url, secret, token)
            except GitHubUnreachableError:
                # It may have been made, its answer lost.
                if (found := await self._found(connection, token)) is None:
                    raise
        return await self._github.update_hook(place, found.id, url, secret, token)

    async def _found(self, connection: Connection, token: Token) -> Hook | None:
        return await self._github.find_hook(connection.repository, connection.webhook_url, token)


def _retry(fault: GitHubError | BadRepositoryUrlError) -> float | None:
    if isinstance(fault, GitHubRateLimitedError):
        return fault.seconds
    return 60.0 if isinstance(fault, GitHubUnreachableError) else None
