from __future__ import annotations

import stat
from pathlib import Path

import pytest

from funcyard.atomic import write_atomically


def test_a_file_is_replaced_as_a_whole_with_the_mode_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    write_atomically(path, "one\r\n", mode=0o600)
    write_atomically(path, "zwei é\n", mode=0o640)

    assert path.read_bytes() == "zwei é\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


def test_what_cannot_be_written_leaves_the_old_content_and_no_litter(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "lone surrogate \udc80")

    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
