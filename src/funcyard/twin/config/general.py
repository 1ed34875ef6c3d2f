"""``config.json``: the twin's name, and how long readings stay where."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from funcyard.twin.config.base import Document

_LONGEST_KEPT = 36_500

Days = Annotated[int, Field(ge=1, le=_LONGEST_KEPT)]


class Config(Document):
    """The twin's name, and how long readings stay where."""

    digital_twin_name: Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{1,30}$")] = Field(
        description="1 to 30 letters, digits, hyphens and underscores.",
        examples=["cold-storage-hall"],
    )
    mode: Literal["production", "debug"] = Field(
        default="production",
        description="In debug mode functions log what passes through them.",
    )
    hot_storage_size_in_days: Days = Field(
        description="After so many days a reading moves to cold storage.", examples=[7]
    )
    cold_storage_size_in_days: Days = Field(
        description="After so many days, counted from the reading, it moves to the archive.",
        examples=[90],
    )
