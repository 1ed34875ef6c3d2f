from __future__ import annotations

import os
from typing import TYPE_CHECKING

from funcyard.workspace.snapshot_files import SnapshotFiles

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_what_another_process_is_making_now_is_not_cleared_however_old_its_content_says_it_is(
    tmp_path: Path,
) -> None:
    """Contents get a fixed time of long ago before they are put in their place."""
    files = SnapshotFiles(tmp_path, 1 << 20)
    files.keep("ab" * 32, b"content")
    being_made = tmp_path / "aside" / "another"
    being_made.write_bytes(b"content")
    os.utime(being_made, (0, 0))

    files.trim()

    assert being_made.exists()
    assert files.missing({"ab" * 32: 7}) == []


def made(files: SnapshotFiles, versions: int) -> None:
    """Make versions that share most of their files."""
    for number in range(20):
        files.keep(f"{number:064x}", b"content")
    for version in range(versions):
        paths = {f"{number}.py": f"{number:064x}" for number in range(20)}
        assert files.lay_out(f"org/{version}", [], paths)


def test_a_new_version_looks_at_no_file_of_the_versions_that_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each save makes a version; with a hundred kept, none may cost more than the first."""
    files = SnapshotFiles(tmp_path, 1 << 20)
    made(files, versions=50)
    lstat, seen = os.lstat, set()

    def noted(path: str) -> os.stat_result:
        seen.add(str(path))
        return lstat(path)

    monkeypatch.setattr(os, "lstat", noted)
    files.trim()

    assert not [path for path in seen if "/versions/" in path]
    assert len(list((tmp_path / "versions" / "org").iterdir())) == 50


def test_copies_count_where_files_cannot_be_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    files = SnapshotFiles(tmp_path, 2 * 20 * len(b"content"))
    made(files, versions=3)

    files.trim()

    assert len(list((tmp_path / "versions" / "org").iterdir())) == 1
