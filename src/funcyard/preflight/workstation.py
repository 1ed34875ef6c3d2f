"""This machine, as the rules about it ask: room on its disks, what its tools answer, its clock.

Nothing here is read before a rule asks. Disks cost microseconds. Tools are other people's programs
and some take seconds to start, so they are only asked where the request says so, all at once.
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.probe import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.target import Request
    from funcyard.probe import Answer

PATIENCE = 20.0
"""Seconds that the tools have to answer; ``az`` takes one to three."""

QUESTIONS = {
    "git": ("git", "--version"),
    "node": ("node", "--version"),
    "docker": ("docker", "--version"),
    "az": ("az", "version", "--output", "json"),
    "func": ("func", "--version"),
}
"""Tool to what it is asked."""

_QUIET = {"FUNCTIONS_CORE_TOOLS_TELEMETRY_OPTOUT": "1", "NO_COLOR": "1"}


@dataclass(frozen=True, slots=True)
class Volume:
    """A file system that something is written to.

    Attributes:
        holds: What of ours is on it, such as ``the project``; what matters most first.
        path: A folder on it.
        free: Bytes that this user may still write.
        files: Files that may still be made; None where the file system has no such limit.
    """

    holds: tuple[str, ...]
    path: Path
    free: int
    files: int | None


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a tool of this machine said.

    Attributes:
        answer: Its words; None where it did not end in time.
        fault: Why it could not be started, empty where it could.
    """

    answer: Answer | None
    fault: str = ""


class Workstation:
    """This machine.

    Args:
        request: Whose root, environment and wish to ask tools count.
    """

    def __init__(self, request: Request) -> None:
        self._request = request

    @cached_property
    def now(self) -> float:
        """This machine's clock, in seconds since 1970."""
        return time.time()

    @cached_property
    def volumes(self) -> tuple[Volume, ...]:
        """Every file system that a build writes to, that of the project first."""
        by_device: dict[int, tuple[Path, list[str]]] = {}
        for holds, path in self._places():
            try:
                device = path.stat().st_dev
            except OSError:
                continue
            by_device.setdefault(device, (path, []))[1].append(holds)
        found = (_volume(tuple(holds), path) for path, holds in by_device.values())
        return tuple(volume for volume in found if volume is not None)

    @cached_property
    def answers(self) -> dict[str, ToolAnswer]:
        """What each tool on the path answers; nothing where the request does not want to know."""
        if not self._request.ask_tools:
            return {}
        environment = {**self._request.environment, **_QUIET}
        answers: dict[str, ToolAnswer] = {}
        asked = {}
        for name, question in QUESTIONS.items():
            try:
                asked[name] = ask(
                    question, path=environment.get("PATH", os.defpath), environment=environment
                )
            except OSError as fault:
                answers[name] = ToolAnswer(None, fault.strerror or str(fault))
        deadline = time.monotonic() + PATIENCE
        for name, one in asked.items():
            if one is not None:
                left = max(0.0, deadline - time.monotonic())
                answers[name] = ToolAnswer(one.answer(within=left))
        return answers

    def _places(self) -> Iterator[tuple[str, Path]]:
        """Yield what is written while a project is set up, built and deployed, and where."""
        environment = self._request.environment
        home = environment.get("HOME", "")
        yield "the project", self._request.root
        yield "temporary files", Path(environment.get("TMPDIR") or tempfile.gettempdir())
        if home:
            yield (
                "caches of pip, npm and az",
                _existing(Path(environment.get("XDG_CACHE_HOME") or Path(home, ".cache"))),
            )


def _volume(holds: tuple[str, ...], path: Path) -> Volume | None:
    """Return how much room a file system has; None where it cannot be written to anyway."""
    try:
        told = os.statvfs(path)
    except OSError:
        return None
    if told.f_flag & os.ST_RDONLY:
        return None
    limited = told.f_files > 0  # Btrfs and some network file systems make files as they need them
    return Volume(holds, path, told.f_bavail * told.f_frsize, told.f_favail if limited else None)


def _existing(path: Path) -> Path:
    """Return the folder, or the nearest one above that exists: where it would be made."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path
