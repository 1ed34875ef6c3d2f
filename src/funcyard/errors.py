"""The errors that a person may see: each has a code, a message and, where one is known, a hint.

A room raises the narrowest class next to the code that finds the fault; the command line prints it
and exits with its ``exit_code``. Anything else that reaches the command line is a bug.
"""

from __future__ import annotations

from typing import ClassVar, Final

REFUSED: Final = 3
"""Exit status where Azure, or a deployed app, refused."""

UNREACHABLE: Final = 4
"""Exit status where Azure, or a deployed app, could not be reached."""


class FuncyardError(Exception):
    """Base of every error meant for a person.

    Attributes:
        code: Stable identifier in kebab case, for scripts and for searching.
        exit_code: What the process exits with: 1 failed, 2 bad usage, 3 Azure refused,
            4 Azure could not be reached.
    """

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def as_dict(self) -> dict[str, object]:
        """Return the error as the object printed under ``error`` by ``--json``."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


class UserError(FuncyardError):
    """A fault that the person at the keyboard can mend."""


class UsageError(UserError):
    """The command or a file it was given says something that cannot be meant: exit 2."""

    code = "bad-usage"
    exit_code = 2
