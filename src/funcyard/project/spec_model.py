"""What every part of the spec shares."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticKnownError


def _no_truth(value: object) -> object:
    if isinstance(value, bool):
        raise PydanticKnownError("int_type")
    return value


WholeNumber = Annotated[int, BeforeValidator(_no_truth)]
"""An integer; ``true`` is none, though Python counts with it."""


class SpecModel(BaseModel):
    """Base of every part of the spec: unknown fields are faults, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
