"""Programs as processes of their own, each forked off one process that imported what they need.

What a program imports takes most of the time of a short one, and is the same each time. Arguments,
environment, working folder, standard streams and exit status are those of a process that was
started; what Python itself reads of its environment when it starts is not.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import IO

_IMPORTED = (
    "funcyard.cli._check_targets",
    "funcyard.cli.add",
    "funcyard.cli.check",
    "funcyard.cli.deploy._session",
    "funcyard.cli.emulator._serving",
    "funcyard.cli.emulator.azure",
    "funcyard.cli.emulator.image.push",
    "funcyard.cli.emulator.start",
    "funcyard.cli.functions",
    "funcyard.cli.memory",
    "funcyard.cli.new",
    "funcyard.cli.orch._session",
    "funcyard.cli.remove",
    "funcyard.cli.twin._session",
    "funcyard.cli.update",
    "funcyard.containerapps.logs.following",
    "funcyard.deploy.resources.known",
    "funcyard.emulator.core.clock",
    "funcyard.emulator.core.service",
    "funcyard.emulator.files.service",
    "funcyard.emulator.registries.pushing",
    "funcyard.host.address",
    "funcyard.preflight.rules",
    "funcyard.preflight.run",
    "funcyard.twin.deploying.stack",
    "tests.forked_command",
    "tests.integration.deploy.deployer",
    "tests.integration.workspace.store.writer",
    "tests.integration.workspace.sync.worker",
    "uvloop",
)
_MODES = ("rb", "wb", "wb")

Stream = Path | Connection | None
"""A file, an end of a pipe, or what this process has."""


class Forked:
    """A process that runs a function, and ends when that does or when this process ends.

    Attributes:
        process: Its number, exit status and end.
        stdout: What it writes, where it was not given one.
    """

    def __init__(
        self,
        program: Callable[[], None],
        *,
        streams: tuple[Stream, Stream, Stream] | None = None,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start it.

        Args:
            program: A function of a module, or a partial one.
            streams: Its standard input, output and error; without them nothing, a pipe, and what
                this process has.
            cwd: Its working folder, without one this process's.
            environment: Its variables, without them this process's.
        """
        self.stdout: IO[str] | None = None
        ends: list[Connection] = []
        if streams is None:
            ours, theirs = multiprocessing.Pipe(duplex=False)
            said = Connection(os.dup(2))
            ends = [theirs, said]
            streams = (Path(os.devnull), theirs, said)
            self.stdout = os.fdopen(os.dup(ours.fileno()), encoding="utf-8")
            ours.close()
        variables = dict(os.environ if environment is None else environment)
        self.process = _context().Process(
            target=_become, args=(program, streams, cwd or Path.cwd(), variables), daemon=True
        )
        self.process.start()
        for end in ends:
            end.close()

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return its exit status, negative where a signal ended it.

        Raises:
            TimeoutError: It goes on.
        """
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise TimeoutError(f"process {self.pid} goes on")
        return self.process.exitcode

    def kill(self) -> None:
        self.process.kill()

    def terminate(self) -> None:
        self.process.terminate()

    def close(self, timeout: float | None = None) -> int:
        """Close the pipe, and wait for its end as :meth:`wait` does."""
        if self.stdout is not None:
            self.stdout.close()
        return self.wait(timeout)


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_IMPORTED))
    return context


def _become(
    program: Callable[[], None],
    streams: tuple[Stream, Stream, Stream],
    cwd: Path,
    variables: Mapping[str, str],
) -> None:
    """Be the program: take its place in this process, which was forked for it."""
    for number, (stream, mode) in enumerate(zip(streams, _MODES, strict=True)):
        if isinstance(stream, Path):
            with stream.open(mode) as opened:
                os.dup2(opened.fileno(), number)
        elif stream is not None:
            os.dup2(stream.fileno(), number)
            stream.close()
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), encoding="utf-8")
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w")), encoding="utf-8")
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w"), "utf-8", write_through=True)
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(cwd)
    program()
