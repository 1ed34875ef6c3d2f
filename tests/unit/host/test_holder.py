from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from funcyard.host.holder import HeldError, Holder, ProjectLock

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]

KILLED_HOLDER = """
import os, sys
from pathlib import Path
from funcyard.host.holder import ProjectLock

lock = ProjectLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
lock.started(int(sys.argv[2]))
os._exit(9)
"""


def test_a_project_is_held_once_and_the_holder_is_named(tmp_path: Path) -> None:
    first, second = ProjectLock(tmp_path), ProjectLock(tmp_path)
    control = first.acquire()

    with pytest.raises(HeldError, match=str(os.getpid())):
        second.acquire()
    assert second.holder() == Holder(os.getpid(), str(control))
    first.release()
    assert second.holder() is None
    second.acquire()
    second.release()


def test_orphans_of_a_killed_holder_are_ended_with_their_children(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c",
         f"import subprocess, time; subprocess.Popen({SLEEPER!r}); time.sleep(60)"],
        start_new_session=True,
    )  # fmt: skip
    while not psutil.Process(parent.pid).children():
        pass
    children = psutil.Process(parent.pid).children()
    subprocess.run([sys.executable, "-c", KILLED_HOLDER, tmp_path, str(parent.pid)], check=False)

    following = ProjectLock(tmp_path)
    following.acquire()
    ended = following.end_orphans(print)
    following.release()

    assert parent.pid in ended
    parent.wait(5)
    assert psutil.wait_procs(children, timeout=5)[1] == []


def test_a_process_that_merely_got_the_same_id_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(SLEEPER) as innocent:
        (tmp_path / "children.json").write_text(json.dumps({innocent.pid: 12345.0}))
        lock = ProjectLock(tmp_path)
        lock.acquire()

        assert lock.end_orphans(print) == []
        assert innocent.poll() is None
        lock.release()
        innocent.kill()


@pytest.mark.parametrize("content", ["", "nonsense", "[1]", '{"x": "y"}'])
def test_a_record_that_cannot_be_read_ends_nobody(tmp_path: Path, content: str) -> None:
    (tmp_path / "children.json").write_text(content)
    lock = ProjectLock(tmp_path)
    lock.acquire()

    assert lock.end_orphans(print) == []
    lock.release()


def test_a_child_that_outlived_its_draining_is_ended_with_the_hold(tmp_path: Path) -> None:
    with subprocess.Popen(SLEEPER) as child:
        lock = ProjectLock(tmp_path)
        lock.acquire()
        lock.started(child.pid)

        lock.release()

        assert not psutil.pid_exists(child.pid)
    assert not (tmp_path / "children.json").exists()


def test_the_folder_of_the_control_socket_is_private_and_ends_with_the_hold(tmp_path: Path) -> None:
    lock = ProjectLock(tmp_path)
    folder = lock.acquire().parent

    assert folder.stat().st_mode & 0o777 == 0o700
    lock.release()
    assert not folder.exists()


def test_the_next_holder_removes_the_folder_of_a_killed_one(tmp_path: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_HOLDER, tmp_path, str(os.getpid() + 2**22)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    left = Path(killed.stdout.strip() or "missing").parent
    following = ProjectLock(tmp_path)
    following.acquire()
    following.release()

    assert left.name.startswith("funcyard-")
    assert not left.exists()


def test_a_record_that_names_a_folder_of_somebody_else_removes_nothing(tmp_path: Path) -> None:
    precious = tmp_path / "funcyard-precious"
    precious.mkdir()
    (tmp_path / "up.lock").write_text(json.dumps({"pid": 1, "control": f"{precious}/control"}))
    lock = ProjectLock(tmp_path)
    lock.acquire()
    lock.release()

    assert precious.is_dir()
