from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil

from funcyard.sessions import kill_session, left_in_session, run_in_session

if TYPE_CHECKING:
    from pathlib import Path

LEADER = """
import subprocess
print(subprocess.Popen(["sleep", "600"], stdout=subprocess.DEVNULL).pid, flush=True)
"""


def test_what_an_ended_leader_left_behind_is_found_and_killed() -> None:
    leader = subprocess.Popen(
        [sys.executable, "-c", LEADER], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    left = int(leader.communicate()[0])

    assert [process.pid for process in left_in_session(leader.pid)] == [left]
    kill_session(leader.pid)
    psutil.wait_procs([psutil.Process(left)] if psutil.pid_exists(left) else [], timeout=5)
    assert left_in_session(leader.pid) == []


def test_a_session_whose_leader_lives_is_left_alone() -> None:
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as leader:
        assert os.getsid(leader.pid) == leader.pid
        assert left_in_session(leader.pid) == []
        leader.kill()


def test_a_session_that_is_gone_is_no_error() -> None:
    with subprocess.Popen(["true"], start_new_session=True) as leader:
        leader.wait()
    kill_session(leader.pid)


async def test_a_command_tells_how_it_ended_and_all_that_it_printed(tmp_path: Path) -> None:
    command = ["/bin/sh", "-c", 'pwd; echo "$SAID" >&2; exit 3']

    code, output = await run_in_session(command, folder=tmp_path, environment={"SAID": "no room"})

    assert (code, output) == (3, f"{tmp_path}\nno room\n")
