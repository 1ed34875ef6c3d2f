"""Both sides as running processes: an app goes to the official worker and to ours at once."""

from __future__ import annotations

import json
import os
import re
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.contract.discovery.corpus import HERE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Outcome = dict[str, Any]


class Sides:
    """The two processes."""

    def __init__(self, official: subprocess.Popen[str], ours: subprocess.Popen[str]) -> None:
        self._processes = (official, ours)

    def load(self, app: Path) -> tuple[Outcome, Outcome]:
        """Return what the official worker and what ours made of the app in a folder."""
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write(f"{app}\n")
            process.stdin.flush()
        official, ours = (self._answer(process) for process in self._processes)
        return official, ours

    @staticmethod
    def _answer(process: subprocess.Popen[str]) -> Outcome:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, f"{process.args!r} ended"
        return _comparable(json.loads(line))


@contextmanager
def running(judge: Path, model: str = "v2") -> Iterator[Sides]:
    """Start both sides of a programming model on the judge's interpreter, end them afterwards."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONHASHSEED": "0",  # faults name sets
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    official, ours = (
        subprocess.Popen(
            [judge, "-P", HERE / "side.py", side, model],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for side in ("official", "funcyard")
    )
    with official, ours:
        yield Sides(official, ours)


def _comparable(outcome: Outcome) -> Outcome:
    """Leave out what must differ: the search path of each side, addresses of objects."""
    told = dict(outcome)
    if "failure" in told:
        told["failure"] = _plain(told["failure"])
    if "failures" in told:
        told["failures"] = {name: _plain(text) for name, text in told["failures"].items()}
    return told


def _plain(failure: str) -> str:
    text, advice, _ = failure.partition("Current sys.path: ")
    return re.sub(r"0x[0-9a-f]+", "0x", text + advice)
