"""Scenarios: documents in a folder, of which a run draws some."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from funcyard.orchestrator.scenarios import ScenariosError, read_scenarios
from funcyard.orchestrator.selecting import SIZES, drawn, select

_RUN = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "ai-ml-01-vision",
        "databases-12-postgres",
        "misc",
        *(f"web-{n:02}" for n in range(33)),
    ):
        (tmp_path / f"{name}.md").write_text("#", encoding="utf-8")
    for name in ("SCENARIO_TEMPLATE.md", "SCALING_PLAN.md", "README.md", "notes.txt", "a--b.md"):
        (tmp_path / name).write_text("#", encoding="utf-8")
    return tmp_path


def test_templates_and_plans_are_no_scenarios(folder: Path) -> None:
    found = {one.scenario_name: one for one in read_scenarios(folder)}

    assert len(found) == 36
    assert found["ai-ml-01-vision"].as_dict() == {
        "scenario_name": "ai-ml-01-vision",
        "technology_area": "ai-ml",
        "scenario_doc_path": "ai-ml-01-vision.md",
        "agent_path": "agents/ai-ml-01-vision",
    }
    assert found["databases-12-postgres"].technology_area == "databases"
    assert found["misc"].technology_area == "general"


@pytest.mark.parametrize(("size", "number"), [("small", 5), ("medium", 15), ("large", 30)])
def test_a_run_draws_as_many_as_its_size_says_and_always_the_same(
    folder: Path, size: str, number: int
) -> None:
    first = select(folder, size, _RUN)["scenarios"]

    assert first == select(folder, size, _RUN)["scenarios"]
    assert len({one["scenario_name"] for one in first}) == number == SIZES[size]


def test_where_there_are_fewer_all_are_taken(tmp_path: Path) -> None:
    (tmp_path / "only.md").write_text("#", encoding="utf-8")

    assert len(select(tmp_path, "large", _RUN)["scenarios"]) == 1


def test_every_scenario_has_its_turn(folder: Path) -> None:
    scenarios = read_scenarios(folder)
    times = Counter(
        one.scenario_name for seed in range(400) for one in drawn(scenarios, 5, str(seed))
    )

    assert set(times) == {one.scenario_name for one in scenarios}
    assert max(times.values()) < 3 * min(times.values())


def test_an_image_without_scenarios_is_told_and_not_taken_for_a_run_of_none(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ScenariosError) as told:
            read_scenarios(folder)
        assert told.value.hint
