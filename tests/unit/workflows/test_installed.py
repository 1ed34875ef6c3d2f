"""When packages beside a scope's files were last changed, also where the view does not answer."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from funcyard.workflows import installed
from funcyard.workflows.installed import Installed, changed


def test_what_is_installed_and_removed_is_seen_and_nothing_is_nothing(tmp_path: Path) -> None:
    view = str(tmp_path)
    assert changed(view) == 0
    packages = tmp_path / ".packages"
    packages.mkdir()
    seen = {changed(view)}
    os.utime(packages, ns=(0, 1))  # long ago, however coarse the file system's times are
    seen.add(changed(view))
    (packages / "bought.py").touch()
    seen.add(changed(view))
    assert len(seen) == 3
    assert 0 not in seen


async def test_nobody_waits_long_for_a_view_that_does_not_answer_and_it_is_asked_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, answers = [], threading.Event()

    def hangs(view: str) -> int:
        asked.append(view)
        answers.wait(30)
        return 7

    monkeypatch.setattr(installed, "changed", hangs)
    monkeypatch.setattr(installed, "_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(installed, "_LOOK_SECONDS", 0)
    looked = Installed()

    assert [await looked.changed("/workspace/global") for _ in range(3)] == [0, 0, 0]
    assert asked == ["/workspace/global"]
    answers.set()
    monkeypatch.setattr(installed, "_WAIT_SECONDS", 30)
    assert await looked.changed("/workspace/global") == 7
