"""The credential of a repository: a value that prints nothing of itself.

Git is given it as a header in its environment, so it is in no argument, no URL and no file;
``redacted`` keeps it out of what Git or a server says.
"""

from __future__ import annotations

import base64
from typing import Final
from urllib.parse import quote

from funcyard.errors import UsageError

_USER: Final = "x-access-token"
_SHORTEST: Final = 8
_LONGEST: Final = 4096
_HIDDEN: Final = "***"


class BadTokenError(UsageError):
    """It cannot be a token: too short, or with characters that no header carries."""

    code = "repository-token"


class Token:
    """A personal access token, or any password that goes with GitHub's ``x-access-token``.

    Raises:
        BadTokenError: It is shorter than eight characters, which would hide every text that happens
            to hold them, too long, or not of printable ASCII without spaces.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        printable = value.isascii() and value.isprintable() and " " not in value
        if not _SHORTEST <= len(value) <= _LONGEST or not printable:
            raise BadTokenError(
                f"The token is shorter than {_SHORTEST} characters, too long, or holds characters"
                " that no token has.",
                hint="Paste it again, without line ends.",
            )
        self._value = value

    @property
    def header(self) -> str:
        """The header that carries it, as ``Name: value``."""
        return f"Authorization: Basic {self._basic}"

    @property
    def bearer(self) -> str:
        """The value of the ``Authorization`` header that GitHub's API takes."""
        return f"Bearer {self._value}"

    @property
    def _basic(self) -> str:
        return base64.b64encode(f"{_USER}:{self._value}".encode()).decode()

    def redacted(self, text: str) -> str:
        """Return ``text`` without the token, in whichever spelling it holds it."""
        alone = base64.b64encode(self._value.encode()).decode()
        for spelling in (self._basic, alone, quote(self._value, safe=""), self._value):
            text = text.replace(spelling, _HIDDEN)
        return text

    def __repr__(self) -> str:
        return f"Token({_HIDDEN})"

    def __reduce__(self) -> str:
        raise TypeError("a token is not written down")
