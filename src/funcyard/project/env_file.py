"""``.env.local``: made where a clone has none, and given another account key.

The file is a person's once it is there. It is written with permissions for its owner only, by a
rename, while the project is held.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.errors import UserError
from funcyard.project.changes import FileChange
from funcyard.project.holding import held
from funcyard.project.journal import perform
from funcyard.project.names import ENV_FILE, KEY_VARIABLE
from funcyard.project.root import find_root
from funcyard.project.tree import read

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from funcyard.project.spec import Spec

_PRIVATE = 0o600
_KEY_LINE = re.compile(
    rb"^(?P<before>[ \t]*(?:export[ \t]+)?%s[ \t]*=)[^\r\n]*" % KEY_VARIABLE.encode(), re.MULTILINE
)


class NoEnvFileError(UserError):
    """There is no ``.env.local`` whose key could be replaced."""

    code = "no-env-file"


@dataclass(frozen=True, slots=True)
class Rotated:
    """A replaced key, which is not told.

    Attributes:
        root: The project's folder.
        path: The file that holds the key, relative to it.
        added: Whether the file held none before.
    """

    root: Path
    path: str
    added: bool


def ensure_env_local(root: Path, spec: Spec, *, now: datetime) -> bool:
    """Make ``.env.local`` with a new key where it is missing; never touch one that is there.

    Args:
        root: The project's folder.
        spec: Its spec, complete.
        now: Local time, written into the file.

    Returns:
        Whether it was made.

    Raises:
        ProjectBusyError: Another command holds the project.
        CannotWriteError: It cannot be written.
        PathBlockedError: A link or a folder is in its place.
    """
    if read(root, ENV_FILE) is not None:
        return False
    from funcyard.project.generating import generate  # noqa: PLC0415 - slow, and seldom needed

    with held(root):
        if read(root, ENV_FILE) is not None:
            return False
        file = next(file for file in generate(spec, now=now) if file.path == ENV_FILE)
        change = FileChange(ENV_FILE, file.content, _PRIVATE, None)
        perform(root, [change], None, title=f"make {ENV_FILE}")
    return True


def rotate_key(directory: Path, *, key: str) -> Rotated:
    """Replace the account key in ``.env.local`` and leave the rest of the file as it is.

    Args:
        directory: The project, or any folder in it.
        key: The new key, see ``account_key.generate_key``.

    Raises:
        NoProjectError: There is no project.
        NoEnvFileError: There is no ``.env.local``.
        ProjectBusyError, CannotWriteError, PathBlockedError: As :func:`ensure_env_local`.
    """
    root = find_root(directory)
    with held(root):
        file = read(root, ENV_FILE)
        if file is None:
            raise NoEnvFileError(
                f"there is no {ENV_FILE} in {root}", hint="funcyard update makes one with a new key"
            )
        content, replaced = _KEY_LINE.subn(rb"\g<before>" + key.encode(), file.content)
        if not replaced:
            end = b"\r\n" if b"\r\n" in content else b"\n"
            gap = b"" if content.endswith(b"\n") or not content else end
            content += gap + f"{KEY_VARIABLE}={key}".encode() + end
        change = FileChange(ENV_FILE, content, _PRIVATE, file.digest)
        perform(root, [change], None, title="funcyard key rotate")
    return Rotated(root, ENV_FILE, added=not replaced)
