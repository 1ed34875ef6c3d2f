"""Scopes: the GLOBAL workspace and each organisation's, every one with a root of its own.

No scope's root lies in another's, so whatever is synced or deleted in one cannot reach another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from funcyard.errors import UsageError
from funcyard.workspace.paths import is_name, join

_ORGANISATION: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_GLOBAL: Final = "GLOBAL"


class InvalidScopeError(UsageError):
    """What is given for a scope is neither GLOBAL nor an organisation's id."""

    code = "workspace-scope"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose workspace is meant.

    Attributes:
        name: ``GLOBAL``, or the organisation's id.
    """

    name: str

    def __post_init__(self) -> None:
        """Check the name.

        Raises:
            InvalidScopeError: It is neither ``GLOBAL`` nor an id: 1 to 63 lower-case letters,
                digits and inner hyphens, not ``global`` and not the name of a device.
        """
        if self.name != _GLOBAL and (
            not _ORGANISATION.fullmatch(self.name)
            or self.name == _GLOBAL.lower()
            or not is_name(self.name)
        ):
            raise InvalidScopeError(
                f"{self.name[:80]!a} is no organisation's id",
                hint="lower-case letters, digits and hyphens; GLOBAL for the common workspace",
            )

    @property
    def organisation(self) -> str | None:
        """The organisation's id; None for the workspace that all share."""
        return None if self.name == _GLOBAL else self.name

    @property
    def root(self) -> str:
        """Its folder in the view."""
        return "global" if self.organisation is None else f"orgs/{self.organisation}"

    def place(self, path: str) -> str:
        """Return where a checked path of the scope lies in the view; the root for the empty one."""
        return join(self.root, path) if path else self.root

    def __str__(self) -> str:
        return self.name


GLOBAL: Final = Scope(_GLOBAL)
"""The workspace that every organisation's code can use."""
