"""What Resource Graph refuses, in its own codes; details say why."""

from __future__ import annotations

from funcyard.emulator.core.errors import ArmError


class _QueryError(ArmError):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(
            400, "BadRequest", "Please provide below info when asking for support.", target=None
        )
        self._details = [
            {
                "code": "InvalidQuery",
                "message": "Query is invalid. Please refer to the documentation for the Azure"
                " Resource Graph service and fix the error before retrying.",
            },
            {"code": code, "message": message},
        ]

    def error(self) -> dict[str, object]:
        return {**super().error(), "details": self._details}


def unread(message: str) -> ArmError:
    """Say what of a query cannot be read, or not here."""
    return _QueryError("ParserFailure", message)


def unresolved(name: str) -> ArmError:
    """Say that there is no such table or column."""
    return _QueryError("SemanticError", f"Failed to resolve '{name}'.")


def bad(message: str) -> ArmError:
    """Say what is wrong with a request beside its query."""
    return ArmError(400, "BadRequest", message)
