"""What the platform tells of an app, and the token that opens the stream of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuthToken:
    """What opens the streams of an app or of an environment.

    Attributes:
        value: The token.
        expires: When it does.
    """

    value: str = field(repr=False)
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What the platform tells of an app.

    Attributes:
        time: When; None where that cannot be read.
        type: ``Normal`` or ``Warning``.
        reason: In a word, such as ``ContainerStarted``.
        message: In a sentence.
        app: Name of the app; empty for what concerns none.
        revision: Name of the revision.
        replica: Name of the replica.
        source: Who tells it.
        count: How often it happened.
    """

    time: datetime | None
    type: str = ""
    reason: str = ""
    message: str = ""
    app: str = ""
    revision: str = ""
    replica: str = ""
    source: str = ""
    count: int = 1

    @property
    def is_warning(self) -> bool:
        """Whether something did not go as it should."""
        return self.type.lower() == "warning"
