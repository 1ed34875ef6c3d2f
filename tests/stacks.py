"""What a process is doing, told on standard error when it gets SIGUSR1: of a test that hangs."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import signal


def tell_on_signal() -> None:
    """Have this process tell the stacks of its threads and of its event loop's tasks."""
    signal.signal(signal.SIGUSR1, _tell)


def _tell(*_signal: object) -> None:
    faulthandler.dump_traceback(2)
    with contextlib.suppress(RuntimeError):  # no event loop runs
        for task in asyncio.all_tasks():
            task.print_stack()
