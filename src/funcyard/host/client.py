"""The other end of the control socket: what ``down``, ``logs`` and ``invoke`` use."""

from __future__ import annotations

import json
import socket
import time
from typing import TYPE_CHECKING, Any

import psutil

from funcyard.errors import FuncyardError, UserError
from funcyard.host.holder import ProjectLock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_POLL_SECONDS = 0.1


class NotRunningError(UserError):
    """The project is not up."""

    code = "not-running"

    def __init__(self) -> None:
        super().__init__("this project is not up", hint="funcyard up starts it")


class RemoteError(FuncyardError):
    """What the running host answered instead of a result."""

    def __init__(self, fault: dict[str, Any]) -> None:
        super().__init__(str(fault["message"]), hint=fault.get("hint"))
        self._code = str(fault["code"])

    def as_dict(self) -> dict[str, object]:
        """Return the error with the code that the host gave."""
        return {**super().as_dict(), "code": self._code}


def ask(state: Path, **request: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON values
    """Send one request to the ``up`` that holds a project and yield its answers.

    Args:
        state: The host's state folder of the project.
        request: ``op`` and what it takes.

    Raises:
        NotRunningError: Nobody holds the project.
        RemoteError: The host answered with an error.
    """
    holder = ProjectLock(state).holder()
    if holder is None:
        raise NotRunningError
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(holder.control)
        except OSError as fault:
            raise NotRunningError from fault
        connection.sendall(json.dumps(request).encode() + b"\n")
        with connection.makefile("r", encoding="utf-8") as lines:
            for line in lines:
                answer = json.loads(line)
                if "error" in answer:
                    raise RemoteError(answer["error"])
                yield answer


def stop(state: Path, *, timeout: float) -> int:
    """Ask the holder to shut down and wait until it is gone; return its process id.

    A holder that does not end in ``timeout`` seconds is terminated.

    Raises:
        NotRunningError: Nobody holds the project.
    """
    lock = ProjectLock(state)
    holder = lock.holder()
    if holder is None:
        raise NotRunningError
    for _ in ask(state, op="stop"):
        pass
    deadline = time.monotonic() + timeout
    while lock.holder() is not None and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    if lock.holder() is not None:
        psutil.Process(holder.pid).terminate()
    return holder.pid
