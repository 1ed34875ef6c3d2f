"""The command ``funcyard`` as a process of its own, forked off one that has it imported."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.forking import Forked
from tests.stacks import tell_on_signal

from funcyard.__main__ import run

_PATIENCE = 100
"""Seconds that a command may take on a busy machine, fewer than a test may."""

_READ_AT_START = ("PYTHON", "LC_", "LANG")


def funcyard(
    *arguments: str | Path, cwd: Path, given: str = "", without: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command; one that is given anything that Python reads when it starts is started.

    Args:
        arguments: Of it.
        cwd: Its working folder.
        given: What it reads on its standard input.
        without: Part of the names of this process's variables that it is not to have.
        environment: Variables, besides those of this process.

    Raises:
        TimeoutError: It goes on for too long; it tells what it was doing.
    """
    words = [str(argument) for argument in arguments]
    own = {name: value for name, value in os.environ.items() if not without or without not in name}
    variables = {**own, **environment}
    if any(name.startswith(_READ_AT_START) for name in environment):
        return subprocess.run(
            [sys.executable, "-m", "funcyard", *words],
            cwd=cwd,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            env=variables,
            timeout=_PATIENCE,
        )
    with tempfile.TemporaryDirectory() as folder:
        taken, out, err = (Path(folder, name) for name in ("in", "out", "err"))
        taken.write_text(given, encoding="utf-8")
        process = Forked(command(*words), streams=(taken, out, err), cwd=cwd, environment=variables)
        try:
            code = process.wait(_PATIENCE)
        except TimeoutError:
            os.kill(process.pid, signal.SIGUSR1)
            time.sleep(1)
            told = f"{words}:\n{out.read_text('utf-8')}\n{err.read_text('utf-8')}"
            raise TimeoutError(told) from None
        finally:
            process.kill()
        return subprocess.CompletedProcess(
            words, code, out.read_text("utf-8"), err.read_text("utf-8")
        )


def command(*words: str) -> functools.partial[None]:
    """Return a program that is a command."""
    return functools.partial(_run, words)


def _run(words: tuple[str, ...]) -> None:
    tell_on_signal()
    sys.argv = ["funcyard", *words]
    run()
