"""Processes that lead a session of their own, ended with everything that they started.

What left the session by a call of ``setsid`` is out of reach.
"""

from __future__ import annotations

import contextlib
import os
import signal

import psutil


def kill_session(leader: int) -> None:
    """Kill a process group that its leader may have outlived or not; none is no error.

    Call it as soon as the leader has been waited for: its id is not given to another process as
    long as its group lives.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def left_in_session(leader: int) -> list[psutil.Process]:
    """Return the processes of a session whose leader has ended; none where the id is in use."""
    if psutil.pid_exists(leader):
        return []
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getsid(process.pid) == leader:
                found.append(process)
    return found
