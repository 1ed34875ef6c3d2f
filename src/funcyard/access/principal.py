"""Who calls: a person or a program, as whoever authenticated them says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from funcyard.access.errors import InvalidOrganisationError

ADMIN: Final = "PlatformAdmin"
"""The role that may do everything; whoever authenticates gives it, never this platform."""

_KEY: Final = re.compile(r"[A-Za-z0-9_.@-]{1,100}:[A-Za-z0-9_.@=-]{1,200}")


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who calls.

    Attributes:
        id: Of the person or program at whoever authenticated them.
        issuer: Whoever that is: the tenant's id, or the provider's name.
        name: For people; it decides nothing.
        roles: Those of the platform's roles that they have.
    """

    id: str
    issuer: str
    name: str
    roles: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """What memberships name them by: ``issuer:id``."""
        return f"{self.issuer}:{self.id}"

    @property
    def is_admin(self) -> bool:
        """Whether they may do everything."""
        return ADMIN in self.roles


def check_key(key: str) -> str:
    """Return what names a principal, as it was given.

    Raises:
        InvalidOrganisationError: It names none, so nobody could ever come by it.
    """
    if not _KEY.fullmatch(key):
        raise InvalidOrganisationError(
            f"{key[:80]!a} names nobody", hint="TENANT:OBJECT, as the token's tid and oid say it"
        )
    return key
