"""What containers use of this machine, measured of real processes."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

from funcyard.emulator.containerapps.runtime.process import ContainerProcess, Launch
from funcyard.emulator.containerapps.runtime.usage import Usage, usage_of

_HELD = 30 * 2**20
_SPENT = 0.2
_PROGRAM = f"""
import os, subprocess, sys, time
burn = "import time\\nwhile time.process_time() < {_SPENT}: pass"
command = [sys.executable, "-I", "-S", "-c", burn]
subprocess.run(command)
reads, writes = os.pipe()
if os.fork() == 0:
    subprocess.Popen(command, pass_fds=[writes])
    os._exit(0)  # what it started is left to the shim
os.close(writes)
os.wait()
os.read(reads, 1)
if os.fork() == 0:
    os.setsid()
    held = bytearray({_HELD})
    exec(burn)
    print("held", flush=True)
    time.sleep(600)
os.wait()
"""


async def _measured(folder: Path) -> tuple[Usage, Usage]:
    """Return what a container uses that two processes ended in and another left the session of.

    Each has used some of a processor.
    """
    held = asyncio.Event()
    command = (sys.executable, "-I", "-S", "-c", _PROGRAM)
    launch = Launch(command, folder, 2**30, dict(os.environ))
    process = await ContainerProcess.start(launch, lambda *_: held.set())
    await held.wait()
    used = usage_of("a", time.monotonic() - process.began, process.shim)
    process.kill()
    await process.ended()
    return used, usage_of("a", 0, process.shim)


def test_all_processes_of_a_container_count_the_ended_ones_and_those_that_left(
    tmp_path: Path,
) -> None:
    used, gone = asyncio.run(_measured(tmp_path))

    assert used.container == "a"
    assert 2.5 * _SPENT <= used.cpu <= used.seconds * 2
    assert _HELD < used.memory < 4 * _HELD
    assert (gone.cpu, gone.memory) == (0, 0)
