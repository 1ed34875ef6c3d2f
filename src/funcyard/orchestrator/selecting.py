"""Which scenarios a run has: as many as its size says, drawn by its id, so always the same."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Final

from funcyard.orchestrator.scenarios import read_scenarios

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from funcyard.orchestrator.scenarios import Scenario

SIZES: Final = {"small": 5, "medium": 15, "large": 30}
"""How many scenarios a run of a size has, where there are so many."""


def select(folder: Path, size: str, run_id: str) -> dict[str, Any]:
    """Return the scenarios of a run, by name.

    Args:
        folder: Of all scenarios.
        size: One of ``SIZES``.
        run_id: Seeds what is drawn.

    Raises:
        ScenariosError: There is none.
    """
    chosen = drawn(read_scenarios(folder), SIZES[size], run_id)
    return {"scenarios": [one.as_dict() for one in chosen]}


def drawn(scenarios: Sequence[Scenario], number: int, seed: str) -> list[Scenario]:
    """Return so many of some scenarios, or all, by name; each has the same chance."""
    chance = random.Random(seed)  # noqa: S311 - what is drawn guards nothing
    taken = chance.sample(list(scenarios), min(number, len(scenarios)))
    return sorted(taken, key=lambda one: one.scenario_name)
