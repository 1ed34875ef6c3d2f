"""Which Python runs an app: found by its version, proved by starting it.

A name proves nothing: a version manager's shim of a version that is not selected exists and fails.
So a candidate counts only once it has said its version, and a prerelease only where there is no
release.
"""

from __future__ import annotations

import asyncio
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.errors import UsageError, UserError
from funcyard.host.installed_pythons import candidates, installations

if TYPE_CHECKING:
    from collections.abc import Mapping

LOWEST = (3, 11)
"""The oldest Python that a worker runs on: it is started with ``-P``."""

_TIMEOUT_SECONDS = 10.0
_QUESTION = (
    "import sys; v = sys.version_info;"
    " print('%d.%d' % v[:2] + (' ' + v.releaselevel) * (v.releaselevel != 'final'))"
)
_ANSWER = re.compile(r"(?P<version>3\.[0-9]{1,3})(?P<before> (?:alpha|beta|candidate))?")
_MOST = 4096
_SHOWN = 80


class InterpreterError(UserError):
    """There is no usable Python of the wanted version."""

    code = "no-python"


class BadInterpreterError(UsageError):
    """What a person named is no Python that the apps can run on."""

    code = "bad-python"


async def find_interpreter(version: str, process: Mapping[str, str]) -> Path:
    """Return a Python of that minor version, such as ``3.11``.

    Our own is taken, else the first release on PATH, else the newest that pyenv or uv has
    installed, and a prerelease only where there is none.

    Args:
        version: The minor version.
        process: The process's environment, see :func:`installed_pythons.candidates`.

    Raises:
        InterpreterError: None is found that starts.
    """
    prerelease: Path | None = None
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        prerelease = Path(sys.executable)
        if sys.version_info.releaselevel == "final":
            return prerelease
    for candidate in candidates(version, process):
        answer = await _ask(candidate)
        if answer.version != version:
            continue
        if not answer.is_prerelease:
            return candidate
        prerelease = prerelease or candidate
    if prerelease is not None:
        return prerelease
    places = [f"in {place.folder} ({place.manager})" for place in installations(process)]
    raise InterpreterError(
        f"Python {version} is not found: looked on PATH, {' and '.join(places)}",
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


@dataclass(frozen=True, slots=True)
class _Answer:
    """What an interpreter reports: its minor version, or in words what it did instead."""

    version: str | None
    said: str = ""
    is_prerelease: bool = False


async def _ask(interpreter: Path) -> _Answer:
    try:
        process = await asyncio.create_subprocess_exec(
            interpreter,
            "-I",
            "-c",
            _QUESTION,
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
    if match := _ANSWER.fullmatch(output.strip()):
        return _Answer(match["version"], is_prerelease=match["before"] is not None)
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
