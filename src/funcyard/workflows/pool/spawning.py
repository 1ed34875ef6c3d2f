"""Starts the process of a worker: its interpreter, environment, user, channel and output.

Nothing of the engine's environment reaches it but what is named here, and no descriptor but the far
end of the channel and of the output.
"""

from __future__ import annotations

import asyncio
import os
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from funcyard.workflows import wire
from funcyard.workflows.errors import WorkerStartError
from funcyard.workflows.pool import debugging, killing
from funcyard.workflows.worker import main as worker_main

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.workflows.limits import WorkerLimits
    from funcyard.workflows.pool.output import Output

_PATH: Final = "/usr/local/bin:/usr/bin:/bin"
_HANDOVER_BUFFER: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Spawned:
    """A process that was started, and the engine's end of its channel."""

    process: asyncio.subprocess.Process
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


async def spawn(
    limits: WorkerLimits, folder: Path, mark: str, output: Output, *, debugged: bool
) -> Spawned:
    """Start a process; its output is closed where it cannot be started.

    Args:
        limits: What it may do.
        folder: Its home and where it is; it becomes its user's.
        mark: In its environment: by it what it leaves behind is found.
        output: Takes what it prints.
        debugged: Whether a debugger shall find its breakpoints.

    Raises:
        WorkerStartError: It could not be executed.
    """
    ours, theirs = socket.socketpair()
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _HANDOVER_BUFFER)
    reader, writer = await asyncio.open_connection(sock=ours, limit=wire.LONGEST)
    try:
        if limits.user is not None:
            os.chown(folder, limits.user, limits.user)
        with debugging.command_line_kept():
            process = await asyncio.create_subprocess_exec(
                limits.interpreter,
                *("-P", "-s", *(debugging.INTERPRETER_OPTIONS if debugged else ())),
                worker_main.__file__,
                str(theirs.fileno()),
                cwd=folder,
                env=_environment(limits, folder, mark),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output.writing,
                stderr=output.writing,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                **_identity(limits),
            )
    except OSError as fault:
        writer.close()
        output.close()
        raise WorkerStartError(f"cannot start {limits.interpreter}: {fault}") from fault
    finally:
        theirs.close()
        output.started()
    return Spawned(process, reader, writer)


def _environment(limits: WorkerLimits, folder: Path, mark: str) -> dict[str, str]:
    return {
        "PATH": f"{limits.interpreter.parent}:{_PATH}",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        **limits.environment,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        killing.MARK: mark,
    }


def _identity(limits: WorkerLimits) -> dict[str, Any]:
    if limits.user is None:
        return {}
    return {"user": limits.user, "group": limits.user, "extra_groups": ()}
