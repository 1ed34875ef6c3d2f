from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found

from funcyard.deployed.answers import Deployed, Exchange
from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.clock_skew import RULE


@pytest.mark.parametrize(
    ("skew", "said"),
    [
        (301.0, "5 minutes ahead of"),
        (-3700.0, "1 hour behind"),
        (-200_000.0, "2 days behind"),
        (299.0, None),
        (-299.0, None),
    ],
)
def test_a_clock_that_differs_from_the_app_s_is_told(
    tmp_path: Path, skew: float, said: str | None
) -> None:
    given = facts(tmp_path, {})
    given.deployed = Deployed("https://app.example", True, Exchange("/", 200), skew=skew)  # noqa: FBT003 - its second field

    told = found(RULE, given)

    assert [finding.severity for finding in told] == ([Severity.WARNING] if said else [])
    assert all(said and said in finding.message for finding in told)


def test_a_file_saved_in_the_future_is_a_note_that_the_clock_may_be_behind(tmp_path: Path) -> None:
    given = facts(tmp_path, {"function_app.py": "", "later.py": "", "host.json": "{}"})
    ahead = time.time() + 7300
    os.utime(tmp_path / "later.py", (ahead, ahead))
    os.utime(tmp_path / "function_app.py", (ahead - 6000, ahead - 6000))

    (finding,) = found(RULE, given)

    assert (finding.severity, finding.file) == (Severity.NOTE, "later.py")
    assert "2 hours from now" in finding.message


def test_files_of_today_are_fine(tmp_path: Path) -> None:
    given = facts(tmp_path, {"function_app.py": "", "gone.py": ""})
    assert given.apps[0].sources
    (tmp_path / "gone.py").unlink()
    soon = time.time() + 200
    os.utime(tmp_path / "function_app.py", (soon, soon))

    assert found(RULE, given) == []
