from __future__ import annotations

import os
from typing import TYPE_CHECKING

from funcyard.workspace.snapshot_files import SnapshotFiles

if TYPE_CHECKING:
    from pathlib import Path


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
