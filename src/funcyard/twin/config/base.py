"""What every part of a twin's configuration shares: the bases of models, and kinds of text."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

STRICT = ConfigDict(frozen=True, strict=True, populate_by_name=True)
"""Values never change, and no type is guessed: ``"7"`` is no number."""


class Part(BaseModel):
    """Base of every part: unknown fields are faults."""

    model_config = ConfigDict(**STRICT, extra="forbid")


class Document(Part):
    """Base of a file that is an object: it may name its schema."""

    schema_address: str | None = Field(
        default=None, alias="$schema", description="The JSON Schema, for editors."
    )


class OpenPart(BaseModel):
    """Base of what another program writes or reads, too: what is not known here is kept."""

    model_config = ConfigDict(**STRICT, extra="allow")


DeviceId = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
PropertyName = Annotated[
    str, StringConstraints(pattern="^[A-Za-z](?:[A-Za-z0-9_]{0,62}[A-Za-z0-9])?$")
]
"""As DTDL has it (https://azure.github.io/opendigitaltwins-dtdl/DTDL/v3/DTDL.v3.html)."""

EnvironmentReference = Annotated[str, StringConstraints(pattern="^env:[A-Za-z_][A-Za-z0-9_]*$")]
"""A secret: the name of the environment variable that holds it."""


def refusal(message: str, hint: str | None = None) -> PydanticCustomError:
    """Return the error with which a validator refuses a value, said as it is."""
    return PydanticCustomError("refused", "{message}", {"message": message, "hint": hint})
