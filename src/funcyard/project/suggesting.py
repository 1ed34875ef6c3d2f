"""A name for a new project: of the Git remote, of the repository's folder, or of the folder."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from funcyard.project.naming import KEBAB, LONGEST_NAME

if TYPE_CHECKING:
    from pathlib import Path

FALLBACK = "my-project"
_PATIENCE = 5
_SHORTEST = 2


def suggest_name(directory: Path) -> str:
    """Return a project name for a folder, always one that a spec takes.

    The remote ``origin``, the repository's folder and the folder itself are tried in that order.
    A folder that is not there yet gives its own name: whoever names it names the project.
    """
    candidates = [directory.absolute().name]
    if directory.is_dir():
        remote = _git(directory, "config", "--get", "remote.origin.url")
        top = _git(directory, "rev-parse", "--show-toplevel")
        candidates = [_last(remote), _last(top), *candidates]
    return next((name for text in candidates if (name := _kebab(text))), FALLBACK)


def _last(address: str) -> str:
    """Return the last part of a path, or of an address as Git writes them."""
    return re.split(r"[/:\\]", address.rstrip("/").removesuffix(".git"))[-1]


def _kebab(text: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-").lstrip("0123456789-")
    name = name[:LONGEST_NAME].rstrip("-")
    return name if len(name) >= _SHORTEST and re.fullmatch(KEBAB, name) else ""


def _git(directory: Path, *arguments: str) -> str:
    """Return what git prints, nothing where it is missing, slow or has no answer."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed words
            ["git", "-C", str(directory), *arguments],  # noqa: S607 - the person's own git
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
