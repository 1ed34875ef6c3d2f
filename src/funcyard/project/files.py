"""A generated file and who owns it: what templates make and manifest and merge compare."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Ownership(StrEnum):
    """Who may change a file after it was generated.

    ``managed``: Funcyard keeps it current by three-way merge, a person's edits are kept.
    ``seeded``: written once, then the user's; never touched or compared again.
    ``user``: never written by Funcyard; known only so that nothing of that path is generated.
    """

    MANAGED = "managed"
    SEEDED = "seeded"
    USER = "user"


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """One file of a project as the templates make it, before it meets what is on the disk.

    Attributes:
        path: Relative to the project, POSIX separators, inside the project by construction.
        content: Its bytes; equal for equal spec, key and clock.
        ownership: Who may change it later.
        template: Name of the template, for the manifest and the memory.
        purpose: One line for a person: why the file is there.
        group: Heading in the memory's list of files: Docker, Tilt, Environment, Function Apps,
            Ignore, Documentation, Editor, Continuous Integration.
        editable: ``Yes`` or ``Rarely``, for the memory's list.
        git_tracked: False for files that hold a secret or a machine's state.
        mode: Permission bits; 0o600 for files with secrets, 0o755 for scripts.
        secret: Whether the bytes hold a secret, so that no copy of them is kept anywhere.
    """

    path: str
    content: bytes
    ownership: Ownership
    template: str
    purpose: str
    group: str
    editable: str = "Yes"
    git_tracked: bool = True
    mode: int = 0o644
    secret: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()
