"""Ask an installed program something: in a process of its own, which ends with the question.

:func:`ask` starts the process and returns, so that several can be asked at once;
:meth:`Asked.answer` waits no longer than it is told and ends what has not answered, with everything
it started.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LONGEST_OUTPUT = 65536


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program said before it ended.

    Attributes:
        status: Its exit status, negative for a signal.
        output: Its standard output, at most 64 KB of it.
        errors: Its standard error, as much.
    """

    status: int
    output: str
    errors: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question under way.

    Attributes:
        process: The program.
    """

    process: subprocess.Popen[bytes]

    def answer(self, *, within: float) -> Answer | None:
        """Return what the program says; None where it has not ended ``within`` seconds from now."""
        try:
            output, errors = self.process.communicate(timeout=within)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.communicate()
            return None
        return Answer(self.process.returncode, _text(output), _text(errors))


def ask(
    command: Sequence[str], *, path: str, environment: Mapping[str, str] | None = None
) -> Asked | None:
    """Start a program that is asked something; None where it is on no path.

    Args:
        command: The program's name and its arguments; not what a user typed.
        path: Where programs are looked for.
        environment: Of the process; this process's own unless given.

    Raises:
        OSError: The program is there and cannot be started.
    """
    program = shutil.which(command[0], path=path)
    if program is None:
        return None
    return Asked(
        subprocess.Popen(  # noqa: S603 - a fixed question to what is on the path
            [program, *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=environment,
        )
    )


def _text(said: bytes) -> str:
    return said[:_LONGEST_OUTPUT].decode(errors="replace")
