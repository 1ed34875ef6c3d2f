"""A resource about to be written, as a type's functions are given it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.target import Target


@dataclass(frozen=True, slots=True)
class Draft:
    """A resource about to be written.

    Attributes:
        core: Where.
        target: Which.
        given: The body as it came; of a patch, already merged.
        before: What is there; None where nothing is.
        now: The time of day, as Azure writes it.
        caller: Object id of who writes it.
    """

    core: Core
    target: Target
    given: Json
    before: Kept | None
    now: str
    caller: str
