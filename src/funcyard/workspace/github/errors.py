"""What GitHub's API answers when it does not do what it was asked."""

from __future__ import annotations

from typing import ClassVar

from funcyard.errors import REFUSED, UNREACHABLE, FuncyardError


class GitHubError(FuncyardError):
    """GitHub's API answered what has no name of its own.

    Attributes:
        transient: Whether the same call may succeed later with nothing changed here.
    """

    code = "github-failed"
    exit_code = REFUSED
    transient: ClassVar[bool] = False


class GitHubUnauthorizedError(GitHubError):
    """GitHub does not accept the token: it is wrong, expired or revoked."""

    code = "github-unauthorized"


class GitHubForbiddenError(GitHubError):
    """The token may not do this."""

    code = "github-forbidden"


class GitHubNotFoundError(GitHubError):
    """There is no such thing, or the token cannot see it: GitHub says the same of both."""

    code = "github-not-found"


class GitHubMovedError(GitHubError):
    """The repository has another name now; the token is not taken there."""

    code = "github-moved"


class GitHubInvalidError(GitHubError):
    """GitHub does not take what it was given, such as an address it cannot deliver to."""

    code = "github-invalid"


class GitHubUnreachableError(GitHubError):
    """No connection, a torn one, an answer that is none, or GitHub failed."""

    code = "github-unreachable"
    exit_code = UNREACHABLE
    transient = True


class GitHubRateLimitedError(GitHubUnreachableError):
    """GitHub takes no more requests for a while.

    Attributes:
        seconds: How long it asks to wait.
    """

    code = "github-rate-limit"

    def __init__(self, message: str, *, seconds: float) -> None:
        super().__init__(message, hint=f"try again in {seconds:.0f} seconds")
        self.seconds = seconds
