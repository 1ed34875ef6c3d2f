"""Discovery judged by Microsoft's worker library: every app must come out the same on both sides.

The apps are in ``discovery/apps/*.txt``; ``discovery/side.py`` loads them all on one side, each in
a process of its own, in the environment that ``scripts/official-worker-env.sh`` makes. Compared are
names, raw bindings, all that binding decided, retry policies, and of a failure class and message.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.contract.discovery import corpus

Outcomes = dict[str, dict[str, Any]]

HERE = corpus.HERE
SIDES = ("official", "funcyard")
APPS = corpus.read(HERE / "apps")


@pytest.fixture(scope="session")
def outcomes(judge: Path, shared_folder: Path) -> tuple[Outcomes, Outcomes]:
    """What the official worker and ours made of every app, worked out once in a test run."""
    folder = shared_folder / judge.parents[1].name
    with (shared_folder / "discovery.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            corpus.write(folder / "apps", APPS)
            _load_all(judge, folder)
    official, ours = (
        json.loads((folder / f"{side}.json").read_text(encoding="utf-8")) for side in SIDES
    )
    return official, ours


def _load_all(judge: Path, folder: Path) -> None:
    """Have both sides load every app, beside each other."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    running = [
        subprocess.Popen(
            [judge, "-P", HERE / "side.py", side, folder / "apps", folder / f"{side}.json"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for side in SIDES
    ]
    for process in running:
        said, _ = process.communicate()
        assert process.returncode == 0, said


@pytest.mark.parametrize("name", APPS)
def test_an_app_comes_out_as_in_the_official_worker(
    name: str, outcomes: tuple[Outcomes, Outcomes]
) -> None:
    official, ours = (_comparable(side[corpus.folder_of(name)]) for side in outcomes)
    assert ours == official


def test_the_apps_cover_every_kind_of_outcome(outcomes: tuple[Outcomes, Outcomes]) -> None:
    official, _ = outcomes
    loaded = [outcome for outcome in official.values() if outcome.get("functions")]
    empty = [outcome for outcome in official.values() if outcome.get("functions") == []]
    failures = [outcome["failure"] for outcome in official.values() if "failure" in outcome]
    kinds = {failure.partition(":")[0] for failure in failures}

    assert len(official) == len(APPS) >= 40
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


def _comparable(outcome: dict[str, Any]) -> dict[str, Any]:
    """Leave out what must differ: the search path of each side, addresses of objects."""
    if "failure" not in outcome:
        return outcome
    text, advice, _ = outcome["failure"].partition("Current sys.path: ")
    return {"failure": re.sub(r"0x[0-9a-f]+", "0x", text + advice)}
