"""Apps of the programming model v1, judged by Microsoft's worker library for it.

The apps are in ``discovery/apps_v1``. Compared are the functions with all that binding decided, and
class and message of the failure of each that does not load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.contract.discovery import corpus
from tests.contract.discovery.sides import Sides, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPS = corpus.read(corpus.HERE / "apps_v1")


@pytest.fixture(scope="session")
def sides(judge: Path) -> Iterator[Sides]:
    with running(judge, "v1") as started:
        yield started


@pytest.mark.parametrize("name", APPS)
def test_an_app_comes_out_as_in_the_official_worker(
    name: str, sides: Sides, tmp_path: Path
) -> None:
    corpus.write(tmp_path, {name: APPS[name]})

    official, ours = sides.load(tmp_path / corpus.folder_of(name))

    assert ours == official


def test_the_apps_cover_every_kind_of_outcome(sides: Sides, tmp_path: Path) -> None:
    corpus.write(tmp_path, APPS)
    outcomes = [sides.load(tmp_path / corpus.folder_of(name))[0] for name in APPS]

    assert len(outcomes) >= 50
    assert sum(bool(outcome["functions"]) for outcome in outcomes) >= 20
    failures = [text for outcome in outcomes for text in outcome["failures"].values()]
    assert {text.partition(":")[0] for text in failures} >= {
        "FunctionLoadError",
        "ImportError",
        "KeyError",
        "ModuleNotFoundError",
        "NameError",
        "RuntimeError",
        "SyntaxError",
        "SystemExit",
        "TypeError",
    }
