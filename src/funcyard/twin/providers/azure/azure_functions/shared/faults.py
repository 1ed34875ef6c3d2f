"""What goes wrong in a function, in words that may be told to a caller."""

from __future__ import annotations

from typing import Final

RETRIED: Final = "X-Retried"
"""The header of an answer that the function has tried again for already: whoever called it need
not, or the attempts of a chain of functions would multiply."""


class FunctionError(Exception):
    """Something that a function answers with; nothing in it is of another's exception.

    Attributes:
        status: Of the answer.
        code: What kind of fault it is.
        message: What is wrong.
        was_retried: Whether the function tried again before it gave up.
    """

    status = 500
    code = "internal"
    was_retried = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def body(self) -> dict[str, str]:
        """Return it as it is answered."""
        return {"error": self.code, "message": self.message}


class BadRequestError(FunctionError):
    """What was sent is not what the contract says; sent again, it would not be either."""

    status, code = 400, "bad-request"


class TokenError(FunctionError):
    """The caller does not show the token of the boundary."""

    status, code = 401, "token-refused"


class UnknownError(FunctionError):
    """There is nothing of that name."""

    status, code = 404, "not-found"


class SettingsError(FunctionError):
    """The app was not given what it needs."""

    code = "settings-missing"


class UserCodeError(FunctionError):
    """Code of the twin's owner failed; its log says how."""

    code = "user-code-failed"


class UpstreamError(FunctionError):
    """What the function needs does not answer, or not as it should."""

    status, code, was_retried = 502, "upstream-failed", True


class RefusedError(UpstreamError):
    """What the function calls does not take what it was sent.

    Attributes:
        refused_with: The status that it answered with.
    """

    code = "upstream-refused"

    def __init__(self, message: str, refused_with: int) -> None:
        super().__init__(message)
        self.refused_with = refused_with
        if self.is_for_good:
            self.status = BadRequestError.status

    @property
    def is_for_good(self) -> bool:
        """Whether the same message would be refused again, whatever is mended meanwhile."""
        return self.refused_with in {400, 413, 422}


class StorageError(UpstreamError):
    """Hot storage, blobs or the graph cannot be read or written."""

    code = "storage-failed"


class UnreadableError(StorageError):
    """What is known of the devices cannot be told: that says of none that it is not there."""

    status, code = 503, "devices-unreadable"


class CopyError(FunctionError):
    """A copy is not what it was made of; what it was made of is kept."""

    status, code = 502, "copy-differs"


class MoveError(FunctionError):
    """Readings of some devices could not be moved; those of the others were."""

    code = "move-failed"
