"""An app's virtual environment: made from its lock, kept as long as the lock stays the same.

The environment is ``.venv`` in the app's folder, so editors find it. A stamp inside tells what it
was made from and is written last: an interrupted installation is simply made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.errors import FuncyardError
from funcyard.sessions import run_in_session

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_STAMP = ".funcyard.json"
_DEBUGPY = "debugpy>=1.8,<2"
_SHOWN_LINES = 12
_INSTALLER_DEFAULTS = {"PIP_NO_INPUT": "1", "UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
"""uv brings certificates of its own; the machine's also know the authority of a company's proxy.

The second name is the one that older releases of uv read.
"""


class InstallError(FuncyardError):
    """An app's packages could not be installed."""

    code = "install-failed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an environment shall hold.

    Attributes:
        requirements: Lines for pip, hashed or not.
        packages: Folders of local packages, installed editable and without their dependencies,
            which the lock names.
        debugger: Whether debugpy is wanted beside them.
    """

    requirements: str
    packages: tuple[Path, ...] = ()
    debugger: bool = False

    def digest(self, interpreter: Path) -> str:
        """Return what the stamp is compared with."""
        hasher = hashlib.sha256()
        for part in (str(interpreter), self.requirements, str(self.debugger)):
            hasher.update(part.encode() + b"\0")
        for package in self.packages:
            hasher.update(str(package).encode() + b"\0")
            with contextlib.suppress(FileNotFoundError):
                hasher.update((package / "pyproject.toml").read_bytes())
        return hasher.hexdigest()


def python_of(environment: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    return environment / "bin" / "python"


def is_current(environment: Path, wanted: Wanted, interpreter: Path) -> bool:
    """Whether the environment holds what is wanted, as its stamp tells."""
    try:
        stamp = json.loads((environment / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return (
        isinstance(stamp, dict)
        and stamp.get("digest") == wanted.digest(interpreter)
        and python_of(environment).exists()
    )


async def ensure_environment(
    environment: Path,
    wanted: Wanted,
    interpreter: Path,
    *,
    process: Mapping[str, str],
    say: Callable[[str], None],
) -> Path:
    """Make the environment unless it is current, and return its interpreter.

    Args:
        environment: The ``.venv`` folder.
        wanted: What it shall hold.
        interpreter: The Python to make it from.
        process: Environment for the installer, such as its proxies and indexes.
        say: Told, in a line each, what is being done.

    Raises:
        InstallError: The installer failed; its last lines are in the message.
    """
    if is_current(environment, wanted, interpreter):
        return python_of(environment)
    with contextlib.suppress(FileNotFoundError):
        (environment / _STAMP).unlink()
    uv = _find_uv()
    target = python_of(environment)
    say(f"installing packages with {'uv' if uv else 'pip'}")
    make: list[str | Path] = (
        [uv, "venv", "--quiet", "--clear", "--python", interpreter, environment]
        if uv
        else [interpreter, "-m", "venv", "--clear", environment]
    )
    folder = environment.parent
    await _run(make, process, folder)
    install: list[str | Path] = (
        [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", target]
        if uv
        else [target, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    )
    if wanted.requirements.strip():
        with tempfile.TemporaryDirectory() as temporary:
            lines = Path(temporary) / "requirements.txt"
            lines.write_text(wanted.requirements, encoding="utf-8")
            await _run([*install, "-r", lines], process, folder)
    for package in wanted.packages:
        say(f"installing {package.name}")
        await _run([*install, "--no-deps", "-e", package], process, folder)
    if wanted.debugger:
        await _run([*install, _DEBUGPY], process, folder)
    stamp = json.dumps({"digest": wanted.digest(interpreter), "python": str(interpreter)})
    (environment / _STAMP).write_text(stamp, encoding="utf-8")
    return target


def _find_uv() -> str | None:
    """Return uv beside our own interpreter or on PATH."""
    return shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")


async def _run(command: Sequence[str | Path], environment: Mapping[str, str], folder: Path) -> None:
    code, said = await run_in_session(
        command, folder=folder, environment={**_INSTALLER_DEFAULTS, **environment}
    )
    if code:
        lines = said.strip().splitlines()[-_SHOWN_LINES:]
        words = " ".join(str(part) for part in command[:4])
        raise InstallError(
            f"`{words} …` ended with exit code {code}:\n" + "\n".join(lines),
            hint="check the network and the app's lock file, or pass --no-install",
        )
