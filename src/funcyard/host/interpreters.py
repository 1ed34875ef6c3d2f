"""Which Python runs an app: found by its version, proved by starting it.

A name on PATH proves nothing: a version manager's shim of a version that is not selected exists and
fails. So a candidate counts only once it has said its version.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from funcyard.errors import UsageError, UserError

LOWEST = (3, 11)
"""The oldest Python that a worker runs on: it is started with ``-P``."""

_TIMEOUT_SECONDS = 10.0
_VERSION = re.compile(r"3\.[0-9]{1,3}")
_MOST = 4096
_SHOWN = 80


class InterpreterError(UserError):
    """There is no usable Python of the wanted version."""

    code = "no-python"


class BadInterpreterError(UsageError):
    """What a person named is no Python that the apps can run on."""

    code = "bad-python"


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


async def check_interpreter(interpreter: Path, wanted: str | None = None) -> None:
    """Make sure of a Python that a person named, by asking it for its version.

    Args:
        interpreter: Its path.
        wanted: The minor version that the apps ask for; None for any that a worker runs on.

    Raises:
        BadInterpreterError: It does not start, is no Python, or is of another version.
    """
    answer = await _ask(interpreter)
    if answer.version is None:
        raise BadInterpreterError(
            f"{interpreter} is no usable Python: {answer.said}", hint="name one with --python"
        )
    if wanted is not None and answer.version != wanted:
        raise BadInterpreterError(
            f"{interpreter} is Python {answer.version}, and the apps ask for {wanted}",
            hint=f"name a Python {wanted}, or set runtime.version in funcyard.yaml",
        )
    if tuple(map(int, answer.version.split("."))) < LOWEST:
        lowest = ".".join(map(str, LOWEST))
        raise BadInterpreterError(
            f"{interpreter} is Python {answer.version}: apps run on {lowest} or newer",
            hint="name another with --python",
        )


async def version_of(interpreter: Path) -> str | None:
    """Return the minor version that an interpreter reports, None when it does not start."""
    return (await _ask(interpreter)).version


@dataclass(frozen=True, slots=True)
class _Answer:
    """What an interpreter reports: its minor version, or in words what it did instead."""

    version: str | None
    said: str = ""


async def _ask(interpreter: Path) -> _Answer:
    try:
        process = await asyncio.create_subprocess_exec(
            interpreter,
            "-I",
            "-c",
            "import sys; print('%d.%d' % sys.version_info[:2])",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as fault:
        return _Answer(None, fault.strerror or str(fault))
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            output, errors = await asyncio.gather(_start(process.stdout), _start(process.stderr))
            code = await process.wait()
    except TimeoutError:
        return _Answer(None, f"it does not say its version within {_TIMEOUT_SECONDS:g} s")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if code:
        last = (errors or output).strip().rpartition("\n")[2]
        return _Answer(None, f"it ends with exit code {code}{': ' if last else ''}{last}")
    if _VERSION.fullmatch(output.strip()):
        return _Answer(output.strip())
    return _Answer(None, f"asked for its version, it answers {output[:_SHOWN]!r}")


async def _start(stream: asyncio.StreamReader | None) -> str:
    """Return how an output starts, up to its end; more than a version's worth is not kept."""
    assert stream is not None  # noqa: S101 - both outputs are pipes
    try:
        start = await stream.readexactly(_MOST)
    except asyncio.IncompleteReadError as end:
        start = end.partial
    while await stream.read(_MOST):
        pass
    return start.decode("utf-8", "replace")
