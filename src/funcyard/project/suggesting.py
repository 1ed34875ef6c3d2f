"""A name for a new project: of the Git remote, of the repository's folder, or of the folder."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from typing import TYPE_CHECKING

from funcyard.project.names import KEBAB, LONGEST_NAME

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE = 5
_SHORTEST = 2


def suggest_name(directory: Path) -> str:
    """Return a project name for a folder, always one that a spec takes.

    The remote ``origin``, the repository's folder and the folder itself are tried in that order.
    A folder that is not there yet gives its own name: whoever names it names the project.
    """
    own = directory.absolute().name
    if directory.is_dir():
        remote = _git(directory, "config", "--get", "remote.origin.url")
        top = _git(directory, "rev-parse", "--show-toplevel")
        for text in (_last(remote), _last(top), own):
            if _is_usable(name := _kebab(text)):
                return name
    return project_name_for(directory)


def project_name_for(directory: Path) -> str:
    """Return the name of a project that is called after its folder: ``My App`` gives ``my-app``.

    Letters lose their accents: ``Größe`` gives ``grosse``.

    A folder whose name gives too little still names a project that a spec takes.
    """
    name = _kebab(directory.absolute().name)
    return name if _is_usable(name) else f"{name or 'my'}-project"


def _last(address: str) -> str:
    """Return the last part of a path, or of an address as Git writes them."""
    return re.split(r"[/:\\]", address.rstrip("/").removesuffix(".git"))[-1]


def _kebab(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-").lstrip("0123456789-")
    return name[:LONGEST_NAME].rstrip("-")


def _is_usable(name: str) -> bool:
    return len(name) >= _SHORTEST and re.fullmatch(KEBAB, name) is not None


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
