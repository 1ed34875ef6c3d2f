"""What Microsoft.Web refuses, in its own shape: capital members, and no ``error`` around them.

The shape and the throttled, the bad plan and their codes are recorded; the other texts are those
that people quote in threads.
"""

from __future__ import annotations

from funcyard.emulator.core.errors import ArmError


class WebError(ArmError):
    """An answer of the provider itself that refuses.

    Args:
        status: Of HTTP.
        code: Azure's.
        message: For a person.
        extended: The provider's own number of it.
    """

    def __init__(self, status: int, code: str, message: str, extended: str = "51021") -> None:
        super().__init__(status, code, message)
        self._extended = extended

    def body(self) -> dict[str, object]:
        """Return the error as the provider sends it."""
        entity = {
            "ExtendedCode": self._extended,
            "MessageTemplate": self.message,
            "Parameters": [],
            "Code": self.code,
            "Message": self.message,
        }
        details = [{"Message": self.message}, {"Code": self.code}, {"ErrorEntity": entity}]
        told = {"Code": self.code, "Message": self.message, "Target": None}
        return {**told, "Details": details, "Innererror": None}


def bad(message: str) -> WebError:
    """Say that a request is not what the provider takes."""
    return WebError(400, "BadRequest", message, "51016")


def taken(name: str) -> WebError:
    """Say that somebody has a site of that name."""
    return WebError(409, "Conflict", taken_message(name), "54001")


def taken_message(name: str) -> str:
    """Return what is told of a name that is taken."""
    return f"Website with given name {name} already exists."


def no_plan(name: str) -> WebError:
    """Say that the plan of a site is not there."""
    return WebError(404, "NotFound", f"Cannot find ServerFarm with name {name}.", "51004")


def plan_in_use(name: str, sites: list[str]) -> WebError:
    """Say that a plan has sites."""
    listed = ", ".join(sites)
    return WebError(
        409,
        "Conflict",
        f"Server farm '{name}' cannot be deleted because it has web app(s) {listed} assigned to"
        " it.",
        "11003",
    )


def not_found(kind: str, name: str) -> WebError:
    """Say that a site has no such part."""
    return WebError(404, "NotFound", f"{kind} with name '{name}' does not exist.", "51004")
