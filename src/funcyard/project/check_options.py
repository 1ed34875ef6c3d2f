"""How ``funcyard check`` looks: ``check`` of a spec, or ``[tool.funcyard.check]``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from funcyard.project.spec_model import SpecModel


class CheckOptions(SpecModel):
    """How ``funcyard check`` looks at this project; what the command line says wins."""

    only: tuple[str, ...] = Field(
        default=(), description="Rules or groups to run; all unless given."
    )
    ignore: tuple[str, ...] = Field(default=(), description="Rules or groups to leave out.")
    fail_on: Literal["error", "warning", "note"] = Field(
        default="error", description="Lowest severity that makes the exit status 1."
    )
    expect: int | None = Field(
        default=None, ge=0, description="How many functions have to be found."
    )
    expect_functions: tuple[str, ...] = Field(
        default=(), description="Which functions have to be found, these and no others."
    )
    conflict_markers_allowed: tuple[str, ...] = Field(
        default=(), description="Globs of files that quote conflict markers as text."
    )
    baseline: str | None = Field(
        default=None, description="File of findings that are left out, relative to the project."
    )
