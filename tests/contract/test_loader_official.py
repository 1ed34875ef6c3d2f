"""Discovery judged by Microsoft's worker library: every app must come out the same on both sides.

The apps are in ``discovery/apps/*.txt``; ``discovery/side.py`` loads them on one side, each in a
process of its own, in the environment that ``scripts/official-worker-env.sh`` makes. Compared are
names, raw bindings, all that binding decided, retry policies, and of a failure class and message.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.contract.conftest import locked
from tests.contract.discovery import corpus
from tests.contract.discovery.sides import running

Outcomes = dict[str, list[dict[str, Any]]]
"""What the official worker and what ours made of an app, by its name."""

HERE = corpus.HERE
APPS = corpus.read(HERE / "apps")


@pytest.fixture(scope="session")
def outcomes(judge: Path, shared_folder: Path) -> Outcomes:
    """What the official worker and ours made of every app, worked out once in a test run."""
    folder = shared_folder / judge.parents[1].name
    found = folder / "outcomes.json"
    with locked(shared_folder / "discovery.lock"):
        if not found.exists():
            corpus.write(folder / "apps", APPS)
            with running(judge) as sides:
                loaded = {
                    name: sides.load(folder / "apps" / corpus.folder_of(name)) for name in APPS
                }
            found.write_text(json.dumps(loaded), encoding="utf-8")
    told: Outcomes = json.loads(found.read_text(encoding="utf-8"))
    return told


@pytest.mark.parametrize("name", APPS)
def test_an_app_comes_out_as_in_the_official_worker(name: str, outcomes: Outcomes) -> None:
    official, ours = outcomes[name]
    assert ours == official


def test_the_apps_cover_every_kind_of_outcome(outcomes: Outcomes) -> None:
    official = [told for told, _ in outcomes.values()]
    loaded = [outcome for outcome in official if outcome.get("functions")]
    empty = [outcome for outcome in official if outcome.get("functions") == []]
    failures = [outcome["failure"] for outcome in official if "failure" in outcome]
    kinds = {failure.partition(":")[0] for failure in failures}

    assert len(official) == len(APPS) >= 80
    assert len(loaded) >= 40
    assert empty
    assert kinds >= {
        "AttributeError",
        "FunctionLoadError",
        "ImportError",
        "InvalidFileNameError",
        "ModuleNotFoundError",
        "NameError",
        "SyntaxError",
        "SystemExit",
        "TypeError",
        "ValueError",
    }


def test_values_are_converted_as_in_the_official_worker(judge: Path, tmp_path: Path) -> None:
    found = tmp_path / "values.json"

    ran = subprocess.run(
        [judge, "-P", HERE / "values.py", found], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr
    told: dict[str, list[str]] = json.loads(found.read_text(encoding="utf-8"))
    assert len(told) > 300
    assert {name: ours for name, (_, ours) in told.items()} == {
        name: official for name, (official, _) in told.items()
    }
