"""Discovery judged by Microsoft's worker library on apps that nobody thought of.

Hypothesis draws apps as source text (``discovery/random_apps.py``); each is loaded by the official
library and by ours, and must come out the same: names, raw bindings, all that binding decided,
class and message of a failure. The draw is the same in every run; ``FUNCYARD_RANDOM_APPS=20000``
asks for that many, drawn anew.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from tests.contract.discovery import corpus, random_apps
from tests.contract.discovery.sides import Sides, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ASKED = int(os.environ.get("FUNCYARD_RANDOM_APPS", "0"))


@pytest.fixture(scope="session")
def sides(judge: Path) -> Iterator[Sides]:
    with running(judge) as started:
        yield started


@pytest.mark.timeout(0 if ASKED else 300)
def test_a_random_app_comes_out_as_in_the_official_worker(sides: Sides, tmp_path: Path) -> None:
    kinds: set[str] = set()

    @settings(
        max_examples=ASKED or 60,
        derandomize=not ASKED,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(random_apps.apps())
    def agree(app: dict[str, str]) -> None:
        corpus.write(tmp_path, {"app": app})
        official, ours = sides.load(tmp_path / "app")
        assert ours == official
        kinds.add(official.get("failure", "loaded").partition(":")[0])

    agree()

    assert kinds >= {"loaded", "FunctionLoadError", "ValueError", "TypeError", "AttributeError"}
