"""What every part of the spec shares."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class SpecModel(BaseModel):
    """Base of every part of the spec: unknown fields are faults, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
