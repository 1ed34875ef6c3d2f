"""Funcyard's own function apps: ``funcyard check`` finds nothing in them, not even a note.

What this machine is like, and how busy it is, is not asked.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.preflight.checking import check

ROOT = Path(__file__).parents[3]
TRACKED = subprocess.run(
    ["git", "-C", ROOT, "ls-files", "*host.json"], capture_output=True, text=True, check=True
).stdout.split()
APPS = [Path(name).parent for name in TRACKED if Path(name).name == "host.json"]


def test_there_are_own_apps() -> None:
    assert Path("workflows") in APPS


@pytest.mark.parametrize("app", APPS, ids=str)
def test_nothing_is_found_in_an_app_of_our_own(app: Path) -> None:
    chosen = ("--fail-on", "note", "--ignore", "workstation", "--ignore", "import-takes-long")

    done = check(ROOT, app, "--python", sys.executable, *chosen, "--timeout", "100", "--json")

    assert done.document["findings"] == []
    assert done.document["functions"]
    assert (done.status, done.errors) == (0, "")
