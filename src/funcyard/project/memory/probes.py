"""What is installed here: the prerequisites of a project, really asked, all at once.

``begin_probes`` starts every question as a process of its own and returns; ``finish`` waits no
longer than it is told and ends what has not answered, and so does leaving the ``with`` block. What
is on no path costs nothing. The answers go into the setup notes as they are: a version, *not found*
or *no answer*.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from funcyard.probe import ask
from funcyard.project.memory.model import Probe, ProbeState
from funcyard.project.memory.wording import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funcyard.probe import Asked

_ENGINE = "Docker engine"
_ENGINE_FORMAT = "{{json .ServerVersion}} {{json .NCPU}} {{json .MemTotal}}"
_ENGINE_ANSWER = re.compile(r'^"([^"]+)" (\d+) (\d+)\s*$', re.MULTILINE)
_VERSION = re.compile(r"\d+(?:\.\d+)+")
_GIGABYTE = 1024**3

QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "Docker": ("docker", "--version"),
    _ENGINE: ("docker", "info", "--format", _ENGINE_FORMAT),
    "Tilt": ("tilt", "version"),
    "Azure Functions Core Tools": ("func", "--version"),
    "Poetry": ("poetry", "--version"),
    "uv": ("uv", "--version"),
    "Node": ("node", "--version"),
    "Git": ("git", "--version"),
}
"""Prerequisite to the command that asks it for its version; Python is asked for besides.

The engine's answer becomes the detail of Docker's.
"""


@dataclass(slots=True)
class Probing:
    """Questions under way.

    Attributes:
        answered: Probes that needed no process.
        running: Name to the program that was asked.
    """

    answered: dict[str, Probe]
    running: dict[str, Asked]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.finish(within=0.0)

    def finish(self, *, within: float) -> tuple[Probe, ...]:
        """Return every probe; what has not answered ``within`` seconds from now is ended."""
        deadline = time.monotonic() + within
        outputs = {
            name: _output(asked, max(0.0, deadline - time.monotonic()))
            for name, asked in self.running.items()
        }
        self.running.clear()
        engine = _engine(outputs.pop(_ENGINE)) if _ENGINE in outputs else ""
        found = self.answered | {name: _probe(name, said) for name, said in outputs.items()}
        if engine and found["Docker"].state is ProbeState.FOUND:
            found["Docker"] = replace(found["Docker"], detail=engine)
        self.answered = found
        return tuple(found[name] for name in ("Python", *QUESTIONS) if name in found)


def begin_probes(python: str, *, path: str | None = None) -> Probing:
    """Ask for every prerequisite, without waiting.

    Args:
        python: The Python version that the project runs on, such as ``3.11``.
        path: Where programs are looked for; the process's own PATH, and beside this Python, unless
            given.
    """
    where = path if path is not None else _own_path()
    probing = Probing({}, {})
    if platform.python_version().startswith(f"{python}."):
        version = platform.python_version()
        probing.answered["Python"] = Probe("Python", version, ProbeState.FOUND)
    else:
        _ask(probing, "Python", (f"python{python}", "--version"), where)
    for name, command in QUESTIONS.items():
        _ask(probing, name, command, where)
    probing.answered.pop(_ENGINE, None)
    return probing


def _ask(probing: Probing, name: str, command: Sequence[str], path: str) -> None:
    quiet = {"FUNCTIONS_CORE_TOOLS_TELEMETRY_OPTOUT": "1", "NO_COLOR": "1"}
    try:
        asked = ask(command, path=path, environment=os.environ | quiet)
    except OSError as fault:
        detail = f"cannot be started: {fault.strerror}"
        probing.answered[name] = Probe(name, None, ProbeState.NOT_FOUND, detail)
        return
    if asked is None:
        probing.answered[name] = Probe(name, None, ProbeState.NOT_FOUND)
    else:
        probing.running[name] = asked


def _output(asked: Asked, within: float) -> str | None:
    """Return what a program says, empty where it fails, None where it does not answer in time."""
    answer = asked.answer(within=within)
    if answer is None:
        return None
    return "" if answer.status else answer.output + answer.errors


def _probe(name: str, said: str | None) -> Probe:
    if said is None:
        return Probe(name, None, ProbeState.NO_ANSWER)
    if version := _VERSION.search(said):
        return Probe(name, version[0], ProbeState.FOUND)
    return Probe(name, None, ProbeState.NOT_FOUND, "installed, but does not run")


def _engine(said: str | None) -> str:
    if said is None:
        return "the engine did not answer in time"
    if not (answer := _ENGINE_ANSWER.search(said)):
        return "the engine is not running"
    memory = int(answer[3]) / _GIGABYTE
    return f"engine {answer[1]} running, {counted(int(answer[2]), 'CPU')}, {memory:.1f} GB memory"


def _own_path() -> str:
    return os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
