"""What can go wrong between a repository and its cache, told apart by what Git says.

Git has one exit status for everything, so its words (in the C locale) are read. A line that the
server wrote (``remote:``) is never taken for Git's own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final

from funcyard.errors import FuncyardError, UsageError

if TYPE_CHECKING:
    from funcyard.workspace.git.address import RepositoryUrl
    from funcyard.workspace.git.token import Token

_LONGEST_QUOTE: Final = 300


class GitError(FuncyardError):
    """Git failed in a way that has no name of its own.

    Attributes:
        transient: Whether the same call may succeed later with nothing changed here.
    """

    code = "git-failed"
    transient: ClassVar[bool] = False


class RepositoryRefusedError(GitError):
    """The server does not let this token, or nobody without one, read the repository."""

    code = "repository-refused"


class NoSuchRepositoryError(GitError):
    """There is no such repository, or the token cannot see it: GitHub says the same of both."""

    code = "repository-not-found"


class RepositoryMovedError(GitError):
    """The server sends on to another address; credentials are not taken there."""

    code = "repository-moved"


class NoSuchBranchError(GitError):
    """The repository has no such branch, or no commit at all."""

    code = "repository-branch"


class NoSuchCommitError(GitError):
    """The repository has no such commit, or only something that is not a commit."""

    code = "repository-commit"


class CommitHiddenError(NoSuchCommitError):
    """The server gives no commit by its id, only what a branch or a tag points to."""


class RepositoryUnreachableError(GitError):
    """No connection, none that is trusted, or one that broke; or the server failed."""

    code = "repository-unreachable"
    transient = True


class RepositoryTimeoutError(RepositoryUnreachableError):
    """The server took longer than it may."""

    code = "repository-timeout"


class RepositoryTooLargeError(GitError):
    """The repository holds more than a workspace may."""

    code = "repository-too-large"


class UnsafeObjectsError(GitError):
    """Git itself refuses what the repository holds, such as a file called ``.git``."""

    code = "repository-unsafe"


class CacheFullError(GitError):
    """There is no room on the disk of the cache."""

    code = "git-cache-full"
    transient = True


class CacheBusyError(GitError):
    """Somebody else has been fetching into the cache for too long."""

    code = "git-cache-busy"
    transient = True


class CacheBrokenError(GitError):
    """What the cache holds is not what was put there; the next fetch makes it anew."""

    code = "git-cache-broken"
    transient = True


class BadCommitError(UsageError):
    """It is not the id of a commit: 40 lower-case hexadecimal digits."""

    code = "bad-commit"


_READ_ACCESS: Final = "Give a token that may read the repository's contents."
# In the lines of Git, with whatever stands in quotes taken out, by the first pattern that fits. A
# message that ends with a full stop says it all; to any other Git's own line is added.
_WORDS: Final[tuple[tuple[str, type[GitError], str, str | None], ...]] = (
    (
        r"could not read (?:Username|Password)|Authentication failed|returned error: 401",
        RepositoryRefusedError,
        "{url} asks for a token, or does not accept the one it was given.",
        _READ_ACCESS,
    ),
    (
        r"returned error: 403",
        RepositoryRefusedError,
        "{url} refuses access",
        _READ_ACCESS,
    ),
    (
        (
            r"repository '.*' not found|returned error: (?:404|410)"
            r"|not valid: is this a git repository|dumb http transport"
        ),
        NoSuchRepositoryError,
        "There is no repository at {url}, or the token cannot see it",
        "Compare the address, and the repositories the token was made for.",
    ),
    (
        r"returned error: 3\d\d",
        RepositoryMovedError,
        "{url} sends on to another address",
        "Connect the repository by its new address.",
    ),
    (
        r"unadvertised object|want [0-9a-f]{40} not valid",
        CommitHiddenError,
        "{url} gives only commits that a branch or a tag points to",
        None,
    ),
    (
        r"not our ref|no such remote ref|couldn't find remote ref",
        NoSuchCommitError,
        "{url} does not have that commit",
        "It may have been removed by a force-push.",
    ),
    (
        r"No space left on device|Disk quota exceeded",
        CacheFullError,
        "There is no room left for the cache of {url}",
        "Free space on the disk of the cache.",
    ),
    (
        r"fsck error|unknown object type|\bhas[A-Z]\w+: |refusing to create malicious",
        UnsafeObjectsError,
        "Git refuses what {url} holds",
        None,
    ),
    (
        (
            r"is corrupt|unresolved delta|inflate|bad object|missing (?:blob|tree|commit)"
            r"|not a git repository"
        ),
        CacheBrokenError,
        "The cache of {url} cannot be read",
        None,
    ),
    (
        r"Operation too slow|timed out|Timeout was reached",
        RepositoryTimeoutError,
        "{url} does not go on answering",
        None,
    ),
    (
        r"(?i)certificate|handshake",
        RepositoryUnreachableError,
        "The connection to {url} cannot be trusted",
        "Compare the host, and the certificates this machine trusts.",
    ),
    (
        (
            r"unable to access|Could(?:n't| not) resolve|Failed to connect|Couldn't connect"
            r"|RPC failed|unexpected disconnect|hung up unexpectedly|early EOF|still expected"
            r"|expected flush|bad pack header|protocol error|returned error: \d|Connection reset"
            r"|unexpected EOF|bad line length"
        ),
        RepositoryUnreachableError,
        "{url} cannot be reached, or broke off",
        None,
    ),
)


def failure(said: str, *, url: RepositoryUrl | str, token: Token | None = None) -> GitError:
    """Return the error that Git's words stand for, with nothing of the token in it.

    Args:
        said: What Git wrote to its standard error.
        url: Of the repository.
        token: That Git was given.
    """
    lines = [_plain(line) for line in re.split(r"[\r\n]+", said)]
    own = [line for line in lines if line and not line.startswith("remote: ")]
    own = [line for line in own if re.match(r"(?:error|fatal|fetch-pack): ", line)]
    told = "\n".join(re.sub(r"'[^']*'", "''", line) for line in own)
    cause = (own or [line for line in lines if line] or ["it said nothing"])[-1]
    for pattern, kind, message, hint in _WORDS:
        if found := re.search(pattern, told):
            line = own[told.count("\n", 0, found.start())]
            told_why = "" if message.endswith(".") else f": {_quoted(line, token)}"
            return kind(message.format(url=url) + told_why, hint=hint)
    return GitError(f"Git failed on {url}: {_quoted(cause, token)}")


def _plain(line: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in line).strip()


def _quoted(line: str, token: Token | None) -> str:
    line = token.redacted(line) if token else line
    return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}…"
