from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import psutil
import pytest

from funcyard.host.environments import Wanted, ensure_environment

if TYPE_CHECKING:
    from pathlib import Path

HANGS = """#!/bin/sh
sleep 600 &
echo $! > "{pid}"
wait
"""


async def test_an_installation_that_is_broken_off_leaves_no_process_behind(tmp_path: Path) -> None:
    interpreter, pid = tmp_path / "python", tmp_path / "pid"
    interpreter.write_text(HANGS.format(pid=pid))
    interpreter.chmod(0o755)
    os.mkfifo(pid)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}

    making = asyncio.create_task(
        ensure_environment(
            tmp_path / ".venv",
            Wanted("", (), debugger=False),
            interpreter,
            process=environment,
            say=lambda _: None,
        )
    )
    child = psutil.Process(int(await asyncio.to_thread(pid.read_text)))
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making

    _, alive = await asyncio.to_thread(psutil.wait_procs, [child], 5)
    for process in alive:
        process.kill()
    assert not alive
