"""Where Pythons of a minor version lie on this machine, in the order in which they are wanted.

First comes PATH, where a person chooses; then what pyenv and uv have installed, selected or not:
releases, the newest patch first, then prereleases. Nothing is started here: a name proves nothing.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PYENV = re.compile(r"(?P<minor>3\.\d+)(?:\.(?P<patch>\d+)(?P<stage>(?:a|b|rc)\d+)?|-dev)")
"""A folder of pyenv's: ``3.14.2``, ``3.14.0rc1``, ``3.14-dev``; others are no plain CPython."""

_UV = re.compile(r"cpython-(?P<minor>3\.\d+)\.(?P<patch>\d+)(?P<stage>(?:a|b|rc)\d+)?-.+")
"""A folder of uv's: ``cpython-3.14.2-linux-x86_64-gnu``, but not ``cpython-3.14.2+debug-…``."""


@dataclass(frozen=True, slots=True)
class Installations:
    """The folder in which a version manager installs Pythons, one in a folder of its own each.

    Attributes:
        manager: Its name.
        folder: Where it is; it need not exist.
        names: What a folder of a Python is called.
    """

    manager: str
    folder: Path
    names: re.Pattern[str]


def candidates(version: str, process: Mapping[str, str]) -> Iterator[Path]:
    """Yield programs that may be a Python of that minor version, no program twice.

    Args:
        version: Such as ``3.12``.
        process: The process's environment: PATH, and where version managers install.
    """
    seen: set[Path] = set()
    for path in chain(_on_path(version, process), _installed(version, process)):
        if (real := path.resolve()) not in seen:
            seen.add(real)
            yield path


def installations(process: Mapping[str, str]) -> tuple[Installations, ...]:
    """Return where pyenv and uv install Pythons.

    https://github.com/pyenv/pyenv#environment-variables,
    https://docs.astral.sh/uv/reference/storage/#python-versions
    """
    home = Path(process.get("HOME") or os.path.expanduser("~"))  # noqa: PTH111 - never fails
    pyenv = Path(process.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    data = Path(process.get("XDG_DATA_HOME") or home / ".local" / "share")
    uv = Path(process.get("UV_PYTHON_INSTALL_DIR") or data / "uv" / "python")
    return Installations("pyenv", pyenv, _PYENV), Installations("uv", uv, _UV)


def _on_path(version: str, process: Mapping[str, str]) -> Iterator[Path]:
    folders = [Path(folder) for folder in process.get("PATH", os.defpath).split(":") if folder]
    for name in _names(version):
        yield from (folder / name for folder in folders if _is_program(folder / name))


def _installed(version: str, process: Mapping[str, str]) -> Iterator[Path]:
    found = [
        (_rank(match), folder)
        for place in installations(process)
        for folder in _folders(place.folder)
        if (match := place.names.fullmatch(folder.name)) and match["minor"] == version
    ]
    for _, folder in sorted(found, key=lambda one: one[0], reverse=True):
        programs = (folder / "bin" / name for name in _names(version))
        yield from (program for program in programs if _is_program(program))


def _rank(match: re.Match[str]) -> tuple[bool, int, str, int]:
    """Return what is greater the more a Python is wanted."""
    stage = match["stage"] or ""
    kind = stage.rstrip("0123456789")
    is_release = match["patch"] is not None and not stage
    return is_release, int(match["patch"] or 0), kind, int(stage.removeprefix(kind) or 0)


def _names(version: str) -> tuple[str, ...]:
    return f"python{version}", "python3", "python"


def _folders(place: Path) -> list[Path]:
    try:
        return list(place.iterdir())
    except OSError:
        return []


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
