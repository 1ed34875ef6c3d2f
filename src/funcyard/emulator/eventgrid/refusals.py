"""What a topic refuses to take, in Event Grid's own shape.

https://learn.microsoft.com/azure/event-grid/post-to-custom-topic#response
"""

from __future__ import annotations

import uuid


class RefusedError(Exception):
    """A request to publish that is refused.

    Args:
        status: Of HTTP.
        code: Event Grid's.
        message: For a person.
        detail: The code of the only detail; the same where there is no other.
    """

    def __init__(self, status: int, code: str, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.status = status
        self._code = code
        self._message = message
        self._detail = detail or code

    def body(self) -> dict[str, object]:
        """Return it as it is sent."""
        message = (
            f"{self._message} Report '{uuid.uuid4()}' to our forums for assistance or raise a"
            " support ticket."
        )
        details = [{"code": self._detail, "message": message}]
        return {"error": {"code": self._code, "message": message, "details": details}}


def bad_json(message: str) -> RefusedError:
    """Say that what came are no events of a topic's schema."""
    return RefusedError(400, "BadRequest", message, "InputJsonInvalid")
