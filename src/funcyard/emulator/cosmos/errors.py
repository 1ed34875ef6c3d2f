"""What Microsoft.DocumentDB refuses, in its own shape: no ``error`` around code and message."""

from __future__ import annotations

import json

from funcyard.emulator.core.errors import ArmError


class CosmosError(ArmError):
    """An answer of the provider itself that refuses."""

    def body(self) -> dict[str, object]:
        """Return the error as the provider sends it."""
        return {"code": self.code, "message": self.message}


def bad(message: str) -> CosmosError:
    """Say that a request is not what the provider takes."""
    return CosmosError(400, "BadRequest", message)


def taken(name: str) -> CosmosError:
    """Say that somebody has an account of that name."""
    return CosmosError(
        400,
        "BadRequest",
        f"Dns record for {name} under zone Document is already taken. Choose another name.",
    )


def not_found() -> CosmosError:
    """Say that an account has no such part."""
    inner = "Resource Not Found. Learn more: https://aka.ms/cosmosdb-tsg-not-found"
    told = json.dumps({"Errors": [inner]}, separators=(",", ":"))
    return CosmosError(404, "NotFound", f"Message: {told}")


def not_online(name: str) -> CosmosError:
    """Say that an account is not ready."""
    return CosmosError(
        412, "PreconditionFailed", f"The database account {name} is not online. Retry later."
    )
