"""Where a branch of a repository is, as its server says: nothing is fetched.

It is also how access is verified before a repository is connected: what is refused here would be
refused to a fetch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.workspace.git.branches import valid_branch
from funcyard.workspace.git.failures import NoSuchBranchError, RepositoryTimeoutError, failure
from funcyard.workspace.git.objects import valid_commit
from funcyard.workspace.git.process import Git, run
from funcyard.workspace.git.settings import access

if TYPE_CHECKING:
    from funcyard.workspace.git.address import RepositoryUrl
    from funcyard.workspace.git.token import Token

_SECONDS: Final = 30


async def remote_head(
    url: RepositoryUrl,
    branch: str,
    *,
    token: Token | None = None,
    git: Git | None = None,
    timeout: float = _SECONDS,  # noqa: ASYNC109 - part of what is asked of Git
) -> str:
    """Return the id of the commit that a branch points to.

    Args:
        url: Of the repository.
        branch: Its name, without ``refs/heads/``.
        token: Who we are to the server.
        git: The program.
        timeout: In seconds.

    Raises:
        BadBranchError: It cannot be the name of a branch.
        NoSuchBranchError: There is none of that name.
        NoSuchRepositoryError: There is no such repository, or the token cannot see it.
        RepositoryMovedError: It is at another address now.
        RepositoryRefusedError: The token is wrong, or there is none.
        RepositoryTimeoutError: The server took too long.
        RepositoryUnreachableError: No name, no connection, no trust, or the server failed.
    """
    name = f"refs/heads/{valid_branch(branch)}"
    command = ["ls-remote", "--", str(url), name]
    try:
        ran = await run(git or Git(), command, settings=access(url, token), timeout=timeout)
    except RepositoryTimeoutError:
        raise RepositoryTimeoutError(f"{url} did not answer within {timeout:g} seconds.") from None
    if ran.status:
        raise failure(ran.said, url=url, token=token)
    for line in ran.output.decode(errors="replace").splitlines():
        commit, _, found = line.partition("\t")
        if found == name:
            return valid_commit(commit)
    raise NoSuchBranchError(
        f"{url} has no branch {branch!r}.", hint="Push it, or connect another branch."
    )
