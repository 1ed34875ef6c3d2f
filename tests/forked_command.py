"""The command ``funcyard`` as a process of its own, forked off one that has it imported.

What a command imports takes most of the time of a short one, and is the same each time. Arguments,
environment, working folder, standard streams and exit status are those of a process that was
started; what Python itself reads of its environment when it starts is not, so a command that is
given any of that is started.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path

from funcyard.__main__ import run

_IMPORTED = (
    "tests.forked_command",
    "funcyard.cli.check",
    "funcyard.cli.functions",
    "funcyard.cli.new",
    "funcyard.cli.update",
    "funcyard.cli.add",
    "funcyard.cli.remove",
    "funcyard.cli.memory",
    "funcyard.cli._check_targets",
    "funcyard.preflight.rules",
    "funcyard.preflight.run",
)
_PATIENCE = 120
"""Seconds that a command may take on a busy machine."""

_READ_AT_START = ("PYTHON", "LC_", "LANG")


def funcyard(
    *arguments: str | Path, cwd: Path, given: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command.

    Args:
        arguments: Of it.
        cwd: Its working folder.
        given: What it reads on its standard input.
        environment: Variables, besides those of this process.
    """
    words = [str(argument) for argument in arguments]
    variables = {**os.environ, **environment}
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
        streams = [Path(folder, name) for name in ("in", "out", "err")]
        streams[0].write_text(given, encoding="utf-8")
        process = _context().Process(target=_command, args=(words, cwd, variables, streams))
        process.start()
        process.join(_PATIENCE)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(words, _PATIENCE)
        out, err = (stream.read_text("utf-8") for stream in streams[1:])
        return subprocess.CompletedProcess(words, process.exitcode, out, err)


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_IMPORTED))
    return context


def _command(
    words: Sequence[str], cwd: Path, variables: Mapping[str, str], streams: Sequence[Path]
) -> None:
    """Be the command: take its place in this process, which was forked for it."""
    for number, (stream, mode) in enumerate(zip(streams, ("rb", "wb", "wb"), strict=True)):
        with stream.open(mode) as opened:
            os.dup2(opened.fileno(), number)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), encoding="utf-8")
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w")), encoding="utf-8")
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(2, "w")), "utf-8", line_buffering=True
    )
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(cwd)
    sys.argv = ["funcyard", *words]
    run()
