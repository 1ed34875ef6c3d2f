"""Whether a token lets a repository's branch be followed, asked of Git's server and of the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.workspace.git.address import BadRepositoryUrlError
from funcyard.workspace.git.process import Git
from funcyard.workspace.git.remote import remote_head
from funcyard.workspace.github.errors import GitHubError

if TYPE_CHECKING:
    from funcyard.workspace.git.address import RepositoryUrl
    from funcyard.workspace.git.token import Token
    from funcyard.workspace.github.client import GitHub


@dataclass(frozen=True, slots=True)
class Access:
    """What was found.

    Attributes:
        head: The commit that the branch points to.
        repository_id: GitHub's id of the repository, None where it could not be asked.
    """

    head: str
    repository_id: int | None


@dataclass(frozen=True, slots=True)
class Gate:
    """What repositories are asked with.

    Attributes:
        github: GitHub's API.
        git: The program.
    """

    github: GitHub
    git: Git = field(default_factory=Git)

    def check_encrypted(self, url: RepositoryUrl) -> None:
        """Refuse what is not encrypted, unless the settings name that very host and port.

        Whoever connects could else have the platform ask any port of its own machine.

        Raises:
            BadRepositoryUrlError: It is refused.
        """
        if not url.encrypted and not self.github.knows(url):
            raise BadRepositoryUrlError(
                f"A repository is fetched over https; {url.text!r} is not encrypted.",
                hint="FUNCYARD_GITHUB_HOST names the one host and port that is asked over http",
            )

    async def verified(self, url: RepositoryUrl, branch: str, token: Token) -> Access:
        """Return what a token sees of a branch.

        That the API cannot be reached, or takes no requests now, hinders nobody: what is fetched
        later comes from Git's server.

        Raises:
            BadBranchError: It cannot be the name of a branch.
            GitError: Git's server refuses, has no such branch or cannot be reached.
            GitHubError: The API refuses.
            BadRepositoryUrlError: It is no address of a repository at GitHub.
        """
        head = await remote_head(url, branch, token=token, git=self.git)
        if not self.github.knows(url):
            return Access(head, None)
        try:
            return Access(head, (await self.github.repository(url, token)).id)
        except GitHubError as fault:
            if not fault.transient:
                raise
            return Access(head, None)
