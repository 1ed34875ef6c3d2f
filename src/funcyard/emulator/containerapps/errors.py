"""What Microsoft.App refuses, in its own codes.

Recorded are the codes and texts of a storage that is not there and of a registry's password; others
are those that people quote, and where nobody does, of the same form. Clients go by the status and
the code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.core.errors import refused

if TYPE_CHECKING:
    from funcyard.emulator.core.errors import ArmError


def bad(code: str, message: str) -> ArmError:
    """Say that a body means nothing here."""
    return refused(400, code, message, by_gateway=False)


def not_served(what: str) -> ArmError:
    """Say that something is there in Azure, but not here."""
    return bad("NotServedLocally", f"{what} is not served by the local Azure.")


def missing(code: str, what: str, name: str) -> ArmError:
    """Say that a part is not there."""
    return refused(404, code, f"{what} '{name}' was not found.", by_gateway=False)


def conflict(code: str, message: str) -> ArmError:
    """Say that something cannot be done as things are."""
    return refused(409, code, message, by_gateway=False)
