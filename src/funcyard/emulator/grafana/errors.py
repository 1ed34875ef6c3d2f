"""What a Grafana refuses, in its own shape.

https://grafana.com/docs/grafana/latest/developers/http_api/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json


class GrafanaError(Exception):
    """An answer that refuses.

    Args:
        status: Of HTTP.
        message: For a person.
        state: Grafana's word for what stands in the way, if it has one.
    """

    def __init__(self, status: int, message: str, *, state: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.state = state

    def body(self) -> Json:
        """Return the error as Grafana sends it."""
        told: Json = {"message": self.message}
        return told if self.state is None else {**told, "status": self.state}


def bad(message: str) -> GrafanaError:
    """Say that a request cannot be meant."""
    return GrafanaError(400, message)


def not_found(what: str) -> GrafanaError:
    """Say that something is not there: ``Dashboard``."""
    return GrafanaError(404, f"{what} not found")


def forbidden(role: str) -> GrafanaError:
    """Say which role is needed."""
    needed = f"Permissions needed: {role}"
    return GrafanaError(403, f"You'll need additional permissions to perform this action. {needed}")


def unauthorized(message: str) -> GrafanaError:
    """Say that a request does not prove who sent it."""
    return GrafanaError(401, message)
