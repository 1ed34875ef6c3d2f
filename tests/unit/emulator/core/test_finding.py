"""A location of a local Azure, emptied."""

from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.emulator.core.finding import reset
from funcyard.emulator.core.store import Store, StoreError


def test_a_reset_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    Store(tmp_path).close()
    (tmp_path / "storage" / "left").mkdir(parents=True)
    stuck = tmp_path / "web"
    stuck.write_text("no folder, so that it cannot be emptied")
    with pytest.raises(StoreError, match="cannot be emptied"):
        reset(tmp_path)
    stuck.unlink()
    reset(tmp_path)
    assert {one.name for one in tmp_path.iterdir()} == {".store"}
    with pytest.raises(StoreError, match="no folder of a local Azure"):
        reset(tmp_path)
