"""Which Python runs an app: found by its version, proved by starting it.

A name on PATH proves nothing: a version manager's shim of a version that is not selected exists and
fails. So a candidate counts only once it has said its version.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path

from funcyard.errors import UserError

_TIMEOUT_SECONDS = 10.0


class InterpreterError(UserError):
    """There is no usable Python of the wanted version."""

    code = "no-python"


async def find_interpreter(version: str) -> Path:
    """Return a Python of that minor version, such as ``3.11``.

    Raises:
        InterpreterError: None is found that starts.
    """
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return Path(sys.executable)
    for name in (f"python{version}", "python3", "python"):
        candidate = shutil.which(name)
        if candidate and await version_of(Path(candidate)) == version:
            return Path(candidate)
    raise InterpreterError(
        f"Python {version} is not found on this machine",
        hint=f"install it (for instance `uv python install {version}`), set runtime.version in"
        " funcyard.yaml, or pass --python",
    )


async def version_of(interpreter: Path) -> str | None:
    """Return the minor version that an interpreter reports, None when it does not start."""
    try:
        process = await asyncio.create_subprocess_exec(
            interpreter,
            "-I",
            "-c",
            "import sys; print('%d.%d' % sys.version_info[:2])",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return None
    try:
        output, _ = await asyncio.wait_for(process.communicate(), _TIMEOUT_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        return None
    return output.decode().strip() if process.returncode == 0 else None
