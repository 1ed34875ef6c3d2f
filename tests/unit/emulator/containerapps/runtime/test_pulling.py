"""Images that are kept."""

from __future__ import annotations

import os
from pathlib import Path

from funcyard.emulator.containerapps.runtime.pulling import Images


def test_what_a_kill_left_and_what_nobody_uses_goes_at_the_next_start(tmp_path: Path) -> None:
    for name in ("new-half", "old", "fresh"):
        (tmp_path / name / "root").mkdir(parents=True)
    os.utime(tmp_path / "old", (1, 1))
    Images(tmp_path, tmp_path / "ca.pem")
    assert [path.name for path in tmp_path.iterdir()] == ["fresh"]
    Images(tmp_path / "not-there", tmp_path / "ca.pem")
