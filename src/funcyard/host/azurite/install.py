"""Installs the pinned Azurite with npm, whole or not at all.

npm works in a folder aside; only its finished ``node_modules``, which carries the hash of the lock
it was made from, is moved into place. What a killed installation left aside is removed by the next.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING

from funcyard.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_FILES = ("package.json", "package-lock.json")
_STAMP = ".funcyard-lock-sha256"
_STAGING = ".azurite-staging"
_RETIRED = ".azurite-retired"
_LAST_LINES = 15


class NpmMissingError(UserError):
    """There is no npm to install Azurite with."""

    code = "npm-missing"


class AzuriteInstallError(UserError):
    """npm failed, or the folder cannot be written."""

    code = "azurite-install-failed"


def target(installations: tuple[Path, ...]) -> Path:
    """Return the first folder that can be written, the last one where none can."""
    for folder in installations[:-1]:
        existing = folder
        while not existing.exists():
            existing = existing.parent
        if os.access(existing, os.W_OK | os.X_OK):
            return folder
    return installations[-1]


def is_current(folder: Path) -> bool:
    """Tell whether the folder holds a whole installation of the version pinned here."""
    try:
        stamp = (folder / "node_modules" / _STAMP).read_text(encoding="ascii")
    except OSError:
        return False
    return stamp == _lock_hash()


def install(folder: Path, *, search_path: str, progress: Callable[[str], None]) -> bool:
    """Install the pinned Azurite into ``folder/node_modules``.

    Args:
        folder: Where to install; made when missing.
        search_path: The value of ``PATH``, where npm is looked for.
        progress: Told what is done, a line at a time.

    Returns:
        False when the folder was up to date and nothing was done.

    Raises:
        NpmMissingError: There is no npm on the search path.
        AzuriteInstallError: npm failed or the folder cannot be written; what was installed before
            is untouched.
    """
    if is_current(folder):
        return False
    npm = shutil.which("npm", path=search_path)
    if npm is None:
        raise NpmMissingError(
            "npm is missing: it installs Azurite", hint="install Node.js 20 or newer, with npm"
        )
    try:
        with alone(folder, progress):
            if is_current(folder):
                return False
            _install(folder, npm, progress)
    except OSError as fault:
        raise AzuriteInstallError(f"cannot install Azurite into {folder}: {fault}") from fault
    return True


def _install(folder: Path, npm: str, progress: Callable[[str], None]) -> None:
    staging, retired = folder / _STAGING, folder / _RETIRED
    for leftover in (staging, retired):
        if leftover.exists():
            progress(f"removing what an interrupted installation left in {folder}")
            shutil.rmtree(leftover)
    staging.mkdir()
    for name in _FILES:
        (staging / name).write_bytes(_packaged(name))
    progress(f"npm is installing Azurite into {folder}")
    _npm_ci(npm, staging)
    modules = staging / "node_modules"
    (modules / _STAMP).write_text(_lock_hash(), encoding="ascii")
    installed = folder / "node_modules"
    if installed.exists():
        installed.rename(retired)
    modules.rename(installed)
    for done in (staging, retired):
        shutil.rmtree(done, ignore_errors=True)


def _npm_ci(npm: str, folder: Path) -> None:
    # No package of the lock has an install script, so scripts stay off.
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(  # noqa: S603 - npm as found, arguments fixed
        command, cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-_LAST_LINES:])
        raise AzuriteInstallError(
            f"npm ci failed with exit code {done.returncode}:\n{last}",
            hint="check that npm reaches its registry, then run: funcyard azurite install",
        )


@contextmanager
def alone(folder: Path, progress: Callable[[str], None]) -> Iterator[int]:
    """Hold the lock of a folder that Azurite is installed into, made when missing; its descriptor.

    Args:
        folder: That one.
        progress: Told where another process is waited for.

    Raises:
        OSError: It cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".azurite-lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("waiting for another installation of Azurite")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()


def _packaged(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()


def _lock_hash() -> str:
    return hashlib.sha256(b"".join(_packaged(name) for name in _FILES)).hexdigest()
