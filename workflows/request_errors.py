"""What is wrong with a request itself, whatever it asks for."""

from __future__ import annotations

from funcyard.errors import FuncyardError, UsageError


class BadRequestError(UsageError):
    """The request cannot be meant.

    Attributes:
        faults: What is wrong, by where it is.
    """

    code = "bad-request"

    def __init__(
        self, message: str, *, hint: str | None = None, faults: list[dict[str, str]] | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.faults = faults or []

    @classmethod
    def of(cls, name: str, message: str, *, hint: str | None = None) -> BadRequestError:
        """Return the error of one parameter, header or key, by its name."""
        faults = [{"name": name, "message": message}]
        return cls(f"{name} {message}", hint=hint, faults=faults)


class TooLargeError(FuncyardError):
    """The body is larger than it may be."""

    code = "body-too-large"


class UnsupportedBodyError(FuncyardError):
    """The body is not of a kind that is understood."""

    code = "body-unsupported"
