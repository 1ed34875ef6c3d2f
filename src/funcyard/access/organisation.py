"""An organisation of the platform."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.access.errors import InvalidOrganisationError

if TYPE_CHECKING:
    from datetime import datetime

_ID: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_RESERVED: Final = frozenset(
    {"global", "con", "prn", "aux", "nul"}
    | {f"{device}{number}" for device in ("com", "lpt") for number in range(10)}
)
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation.

    Attributes:
        id: Names it in the API, and its folder in the workspace.
        name: For people.
        is_active: Whether calls for it are answered.
        created: When it was made.
        created_by: The key of who made it.
        etag: Of the row that was read.
    """

    id: str
    name: str
    is_active: bool
    created: datetime
    created_by: str
    etag: str = ""

    @property
    def since(self) -> str:
        """Tells it from one of the same id that was made after this one was removed."""
        return self.created.isoformat()


def is_id(text: str) -> bool:
    """Whether an organisation can have that id: its folder must be one everywhere."""
    return _ID.fullmatch(text) is not None and text not in _RESERVED


def check_id(text: str) -> str:
    """Return an id as it was given.

    Raises:
        InvalidOrganisationError: No organisation can have it.
    """
    if not is_id(text):
        raise InvalidOrganisationError(
            f"{text[:80]!a} cannot be an organisation's id",
            hint="1 to 63 lower-case letters, digits and inner hyphens, no device's name",
        )
    return text


def check_name(text: str) -> str:
    """Return a name as it was given.

    Raises:
        InvalidOrganisationError: It is empty, too long, or not to be shown.
    """
    if not text.strip() or len(text) > _LONGEST_NAME or not text.isprintable():
        raise InvalidOrganisationError(f"a name has 1 to {_LONGEST_NAME} printable characters")
    return text
