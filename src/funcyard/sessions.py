"""Processes that lead a session of their own, ended with everything that they started.

What left the session by a call of ``setsid`` is out of reach.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


async def run_in_session(
    command: Sequence[str | Path], *, folder: Path, environment: Mapping[str, str]
) -> tuple[int, str]:
    """Run a command to its end in a session of its own, and return its exit code and output.

    Cancelled, it is killed with everything that it started.

    Args:
        command: The program and its arguments; it reads nothing.
        folder: Where it runs.
        environment: All of its environment.

    Raises:
        OSError: It cannot be executed.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = await process.communicate()
    except asyncio.CancelledError:
        kill_session(process.pid)
        await process.wait()
        raise
    assert process.returncode is not None  # noqa: S101 - it has ended
    return process.returncode, output.decode(errors="replace")


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
