"""One command at a time, whoever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from funcyard.project.lock import LOCK_FILE, ProjectBusyError, locked
from funcyard.project.tree import PathBlockedError

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys, time
from pathlib import Path
from funcyard.project.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_command_says_who_is_at_work_and_a_killed_one_frees_the_project(
    tmp_path: Path,
) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        busy = pytest.raises(ProjectBusyError, match=str(holder.pid))
        with busy, locked(tmp_path, patience=0.1):
            pass
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        with locked(tmp_path, patience=5):
            pass
    finally:
        holder.kill()
        holder.communicate()


def test_a_linked_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / ".funcyard").mkdir()
    (tmp_path / "victim").write_text("precious")
    (tmp_path / LOCK_FILE).symlink_to(tmp_path / "victim")
    with pytest.raises(PathBlockedError), locked(tmp_path):
        pass
    assert (tmp_path / "victim").read_text() == "precious"
