"""A person at a terminal: a command on a pseudo-terminal, its questions answered as they come."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_PATIENCE = 60.0
_QUESTION = re.compile(r"([^\r\n]+): $")
_OFFERED = re.compile(r"(?: \([^()]*\))?(?: \[[^\[\]]*\])?$")


def converse(
    command: Sequence[str | Path],
    answers: Mapping[str, Sequence[str]],
    *,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Run a command until it ends, and return its exit code and everything that was shown.

    Args:
        command: The command; it has the terminal for input and for both outputs.
        answers: How a question begins, to what is typed when it is put the first, second … time.
            Any other question is answered with Enter.
        cwd: Where it runs.
        environment: Set beside the process's own.
    """
    left = {start: list(given) for start, given in answers.items()}
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd, start_new_session=True,
        env={**os.environ, "TERM": "dumb", "NO_COLOR": "1", **(environment or {})},
    )  # fmt: skip
    os.close(theirs)
    shown = asked = ""
    try:
        deadline = time.monotonic() + _PATIENCE
        while chunk := _read(ours, deadline - time.monotonic(), shown):
            shown += chunk
            asked += chunk
            if question := _QUESTION.search(asked):
                os.write(ours, f"{_answer(question[1], left)}\n".encode())
                asked = ""
        code = process.wait(_PATIENCE)
    finally:
        os.close(ours)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()
    assert not any(left.values()), f"never asked: {left}\n{shown}"
    return code, shown


def _read(terminal: int, patience: float, shown: str) -> str:
    """Return what comes next, nothing once the other end is closed."""
    ready, _, _ = select.select([terminal], [], [], max(patience, 0))
    assert ready, f"nothing more came\n{shown}"
    try:
        return os.read(terminal, 65536).decode("utf-8", "replace")
    except OSError:  # Linux says so when the last process has closed its end
        return ""


def _answer(question: str, left: dict[str, list[str]]) -> str:
    text = _OFFERED.sub("", question)
    given = next((given for start, given in left.items() if text.startswith(start) and given), None)
    return given.pop(0) if given else ""
