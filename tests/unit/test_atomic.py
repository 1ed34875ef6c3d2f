from __future__ import annotations

import stat
from pathlib import Path

import pytest

from funcyard.atomic import replaced, write_atomically


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


def test_a_name_may_be_as_long_as_the_file_system_allows(tmp_path: Path) -> None:
    for name in ("x" * 255, "ü" * 127):
        write_atomically(tmp_path / name, "there")
        assert (tmp_path / name).read_text() == "there"


def test_a_file_takes_another_s_place_once_its_block_has_ended_well(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    with replaced(path) as file:
        file.write(b"new")
        assert path.read_text() == "old"
        file.seek(0)
        assert file.read() == b"new"

    assert path.read_text() == "new"
    with pytest.raises(KeyboardInterrupt):
        _write_half(path)
    assert path.read_text() == "new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def _write_half(path: Path) -> None:
    with replaced(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
