"""What a graph refuses, in the codes of Azure Digital Twins.

https://learn.microsoft.com/rest/api/digital-twins/dataplane lists them for each operation; the
words of some are recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funcyard.emulator.core.records import Json


class TwinsError(Exception):
    """An answer that refuses.

    Args:
        status: Of HTTP.
        code: Azure's.
        message: For a person.
        details: What is wrong, each in its own words.
        headers: Sent beside it.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = tuple(details)
        self.headers = {"x-ms-error-code": code, **(headers or {})}

    def body(self) -> Json:
        """Return the error as it is sent."""
        told: Json = {"code": self.code, "message": self.message}
        if self.details:
            told["details"] = [{"code": self.code, "message": one} for one in self.details]
        return {"error": told}


def invalid(message: str) -> TwinsError:
    """Say that an id, a parameter or a body cannot be meant."""
    return TwinsError(400, "InvalidArgument", message)


def bad_twin(details: Sequence[str]) -> TwinsError:
    """Say that a twin does not fit its model."""
    return TwinsError(400, "ValidationFailed", "Invalid twin specified", details=details)


def bad_relationship(details: Sequence[str]) -> TwinsError:
    """Say that a relationship's content does not fit its model."""
    return TwinsError(400, "ValidationFailed", "Invalid relationship specified", details=details)


def not_a_relationship(message: str) -> TwinsError:
    """Say that two twins cannot be related so."""
    return TwinsError(400, "InvalidRelationship", message)


def bad_model(details: Sequence[str]) -> TwinsError:
    """Say that models are not DTDL."""
    return TwinsError(
        400, "DTDLParserError", "The models provided are not valid DTDL.", details=details
    )


def bad_patch(message: str) -> TwinsError:
    """Say that a JSON Patch cannot be applied."""
    return TwinsError(400, "JsonPatchInvalid", f"The JSON Patch provided is invalid. {message}")


def bad_query(line: int, position: int, message: str) -> TwinsError:
    """Say that a query is none, and where.

    Args:
        line: Counted from 1.
        position: In the line, counted from 0.
        message: What is wrong.
    """
    return TwinsError(
        400,
        "SqlQueryError",
        f"SQL query parse failed: SQL Parser Error, Line={line}, Position={position},"
        f" Message={message} See samples in https://aka.ms/adtv2query for the correct syntax.",
    )


def twin_not_found(identifier: str) -> TwinsError:
    """Say that there is no such twin."""
    return TwinsError(
        404,
        "DigitalTwinNotFound",
        f"There is no digital twin instance that exists with the ID {identifier}. Please verify"
        " that the twin id is valid and ensure that the twin is not deleted. See section on"
        " querying the twins https://aka.ms/adtv2query.",
    )


def relationship_not_found(identifier: str, twin: str) -> TwinsError:
    """Say that a twin has no such relationship."""
    return TwinsError(
        404,
        "RelationshipNotFound",
        f"There is no relationship with the ID {identifier} from the digital twin {twin}.",
    )


def component_not_found(path: str) -> TwinsError:
    """Say that a twin has no such component."""
    return TwinsError(404, "ComponentNotFound", f"There is no component '{path}'.")


def model_not_found(identifier: str) -> TwinsError:
    """Say that there is no such model."""
    return TwinsError(
        404, "ModelNotFound", f"There is no Model(s) available that matches '{identifier}'."
    )


def precondition_failed(etag: str) -> TwinsError:
    """Say that something is not what a request takes it for."""
    return TwinsError(
        412,
        "PreconditionFailed",
        f"The provided etag {etag} doesn't match the current etag for the resource. Please obtain"
        " and provide the latest etag by getting the resource. See section on get apis in the"
        " documentation https://aka.ms/adtv2twins.",
    )


def not_served(what: str) -> TwinsError:
    """Say that something of Azure's is not here."""
    return TwinsError(501, "NotImplemented", f"The local Azure has no {what}.")
