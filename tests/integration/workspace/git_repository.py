"""A bare repository that is served, and commits made in it with real Git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

_WHO = "Ada Lovelace <ada@example.com>"


@dataclass(frozen=True)
class Executable:
    """A file that may be run."""

    content: bytes


@dataclass(frozen=True)
class Symlink:
    """A symbolic link."""

    target: str


@dataclass(frozen=True)
class Submodule:
    """Another repository's commit."""

    commit: str = "1" * 40


Entry = bytes | str | Executable | Symlink | Submodule | None
"""What a commit puts at a path; None removes it and what lies below it."""


@dataclass
class ServedRepository:
    """A bare repository.

    Attributes:
        path: Its folder.
    """

    path: Path
    _clock: int = field(default=1_700_000_000)

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make an empty repository that may be fetched from and pushed to."""
        made = cls(path)
        subprocess.run(
            ["git", "init", "--quiet", "--bare", "--initial-branch=main", path],
            check=True,
            env=_environment(),
        )
        made.git("config", "http.receivepack", "true")
        made.git("config", "gc.auto", "0")
        return made

    def git(self, *arguments: str, given: bytes = b"") -> str:
        """Run Git in the repository and return what it printed."""
        ran = subprocess.run(
            ["git", "-C", str(self.path), *arguments],
            check=True,
            input=given,
            capture_output=True,
            env=_environment(),
        )
        return ran.stdout.decode(errors="surrogateescape").strip()

    def commit(
        self,
        changes: Mapping[Any, Entry],
        *,
        branch: str = "main",
        parent: str | None = "",
        message: str = "Change",
    ) -> str:
        """Commit changes on top of a branch, as a push would leave it, and return the commit's id.

        Args:
            changes: Entries by path, which is text or bytes.
            branch: That is moved to the new commit.
            parent: Another commit to start from, as after a force-push; None starts from nothing.
            message: Of the commit.
        """
        self._clock += 1
        head = self.head(branch) if parent == "" else parent
        stream = [
            f"commit refs/heads/{branch}\n".encode(),
            f"committer {_WHO} {self._clock} +0000\n".encode(),
            _data(message.encode()),
        ]
        stream += [f"from {head}\n".encode()] if head else []
        stream += [_change(path, entry) for path, entry in changes.items()]
        if not head:
            self.git("update-ref", "-d", f"refs/heads/{branch}")
        self.git("fast-import", "--quiet", "--force", given=b"".join(stream))
        return self.git("rev-parse", f"refs/heads/{branch}")

    def head(self, branch: str = "main") -> str | None:
        """Return where a branch points, None where there is none."""
        return self.git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}") or None

    def reset(self, commit: str, *, branch: str = "main") -> None:
        """Move a branch to any commit, as a force-push does."""
        self.git("update-ref", f"refs/heads/{branch}", commit)

    def tag(self, name: str, commit: str) -> str:
        """Make an annotated tag and return its object's id."""
        who = ["-c", "user.name=Ada Lovelace", "-c", "user.email=ada@example.com"]
        self.git(*who, "tag", "--annotate", "--message=Release", name, commit)
        return self.git("rev-parse", f"refs/tags/{name}")

    def commit_tree(self, entries: bytes, *, branch: str = "main") -> str:
        """Commit a tree that Git would not make itself, from its raw bytes."""
        tree = self.git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", given=entries)
        who = ["-c", "user.name=Ada Lovelace", "-c", "user.email=ada@example.com"]
        commit = self.git(*who, "commit-tree", "-m", "Odd", tree)
        self.reset(commit, branch=branch)
        return commit

    def blob(self, content: bytes) -> str:
        """Store a file's content and return its id."""
        return self.git("hash-object", "-w", "--stdin", given=content)


def _change(path: str | bytes, entry: Entry) -> bytes:
    name = b'"' + b"".join(_quoted(byte) for byte in _bytes(path)) + b'"'
    match entry:
        case None:
            return b"D " + name + b"\n"
        case Submodule(commit):
            return b"M 160000 " + commit.encode() + b" " + name + b"\n"
        case Symlink(target):
            return b"M 120000 inline " + name + b"\n" + _data(target.encode())
        case Executable(content):
            return b"M 100755 inline " + name + b"\n" + _data(content)
        case _:
            return b"M 100644 inline " + name + b"\n" + _data(_bytes(entry))


def _quoted(byte: int) -> bytes:
    return bytes([byte]) if chr(byte).isalnum() and byte < 128 else b"\\%03o" % byte


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)


def _environment() -> dict[str, str]:
    return {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "PATH": os.environ.get("PATH", os.defpath),
    }
