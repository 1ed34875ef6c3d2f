"""Revisions by the names that people give them: whole, or the suffix alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.errors import UsageError
from funcyard.output import first_few

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.containerapps.models import App, Revision


class UnknownRevisionError(UsageError):
    """An app has no revision of the name that was given."""

    code = "unknown-revision"


def named(app: App, revisions: Sequence[Revision], name: str) -> Revision:
    """Return the revision of a name.

    Args:
        app: Whose revision it is.
        revisions: All of them, the latest last.
        name: Its name, or what stands behind that of the app and two hyphens.

    Raises:
        UnknownRevisionError: There is none of that name.
    """
    whole = name if "--" in name else f"{app.name}--{name}"
    found = next((one for one in revisions if one.name == whole), None)
    if found is None:
        there = [one.name for one in reversed(revisions)]
        raise UnknownRevisionError(
            f"{app.name} has no revision {name}",
            hint=f"there are {first_few(there)}" if there else "it has none at all",
        )
    return found
