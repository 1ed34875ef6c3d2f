"""The environment of a package: a Python with what its requirements name.

It depends on the requirements alone, so packages that need the same share one. As in Azure,
``azure-functions`` is there whether they name it or not, and a package that brings
``.python_packages`` is taken as it is.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import sys
import uuid
from typing import TYPE_CHECKING, Final

from funcyard.emulator.web.package import PackageError
from funcyard.sessions import run_in_session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BROUGHT: Final = ".python_packages/lib/site-packages"
_LIBRARY: Final = "azure-functions"
_TOLD_LINES: Final = 20


def environment_of(package: Path, environments: Path) -> Path:
    """Return where the environment of an unpacked package is, or will be."""
    told = f"{sys.version}\n".encode() + b"\0".join(_requirements(package))
    return environments / hashlib.sha256(told).hexdigest()[:16]


async def build(package: Path, environment: Path) -> str:
    """Make the environment of a package, unless it is there; return what was printed.

    Raises:
        PackageError: It cannot be; the message ends with what was printed.
    """
    if await asyncio.to_thread(environment.exists):
        return "The environment of these requirements is there."
    # What a run that was killed had begun may still be written to.
    made = environment.with_suffix(f".{uuid.uuid4().hex[:8]}.new")
    wanted = [_LIBRARY]
    if _requirements(package):
        wanted = ["-r", str(package / "requirements.txt"), _LIBRARY]
    python = str(made / "bin" / "python")
    said = ""
    try:
        for command in _commands(made, python, wanted):
            said += await _run(command, package)
        made.rename(environment)
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, made, ignore_errors=True)
        raise
    return said


def _commands(made: Path, python: str, wanted: Sequence[str]) -> list[list[str]]:
    try:
        from uv import find_uv_bin  # noqa: PLC0415 - it may not be installed

        uv = find_uv_bin()
    except (ImportError, FileNotFoundError):
        # pip refuses what has no hash beside what has one, and a library that is there is kept.
        install = [python, "-m", "pip", "install", "--quiet"]
        return [
            [sys.executable, "-m", "venv", str(made)],
            *([[*install, *wanted[:-1]]] if wanted[:-1] else []),
            [*install, _LIBRARY],
        ]
    # Relocatable, for it is made aside and then renamed.
    return [
        [uv, "venv", "--quiet", "--relocatable", "--python", sys.executable, str(made)],
        [uv, "pip", "install", "--quiet", "--python", python, *wanted],
    ]


async def _run(command: list[str], folder: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    code, said = await run_in_session(command, folder=folder, environment=environment)
    if code != 0:
        told = "\n".join(said.splitlines()[-_TOLD_LINES:])
        raise PackageError(f"the packages cannot be installed:\n{told}")
    return said


def _requirements(package: Path) -> list[bytes]:
    path = package / "requirements.txt"
    if not path.is_file() or (package / BROUGHT).is_dir():
        return []
    return path.read_bytes().splitlines()
