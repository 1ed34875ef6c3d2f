"""Ending a worker with everything it started, wherever that went.

A worker leads a process group of its own and adopts orphans. What left group and session is found
as a descendant, and what outlived a worker that died first by the mark in its environment.
"""

from __future__ import annotations

import contextlib
import os
import signal
from typing import Final

import psutil

MARK: Final = "FUNCYARD_WORKER"
"""The variable that tells which worker a process comes from."""


def kill_group(pid: int) -> None:
    """Kill a worker and its process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def kill_tree(pid: int, mark: str) -> None:
    """Kill a worker, its group, its descendants and what carries its mark (takes milliseconds)."""
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                child.kill()
    kill_group(pid)
    kill_marked(mark)


def kill_marked(mark: str) -> None:
    """Kill every process whose environment carries a mark."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == mark:
                process.kill()
