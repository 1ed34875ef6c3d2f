"""What keeps an Azurite from running."""

from __future__ import annotations

from funcyard.errors import FuncyardError


class AzuriteStartError(FuncyardError):
    """Azurite did not come up."""

    code = "azurite-start"


class PortTakenError(AzuriteStartError):
    """Another process took a port after it was found free."""
