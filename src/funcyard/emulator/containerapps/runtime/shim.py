"""The process above a container: starts it, watches its memory, and leaves nothing of it behind.

Run by its path, on the standard library alone. Its standard input is a socket that only whoever
started it holds; over it come one line with what to run, then what to do, and back go lines with
what became of it. When that socket ends, however that came, everything of the container is killed:
the shim is its subreaper (prctl(2)), so whatever the container started, and whatever left its
session, ends up as a child of the shim.
"""

from __future__ import annotations

# ruff: noqa: PTH123, PTH208 - pathlib takes longer to import than all of this
import contextlib
import ctypes
import json
import os
import select
import signal
import socket
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_POLL_SECONDS = 0.25
_PAGE = os.sysconf("SC_PAGE_SIZE")
_LIBC = ctypes.CDLL(None, use_errno=True)


def children(pid: int) -> list[int]:
    """Return the processes that a process started, and those that these did."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:
                for child in file.read().split():
                    found += [int(child), *children(int(child))]
    return found


def memory_of(pids: list[int]) -> int:
    """Return how many bytes some processes have in memory, pages that they share counted each."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/statm", encoding="ascii") as file:
            total += int(file.read().split()[1]) * _PAGE
    return total


def share_of(pids: list[int]) -> int:
    """Return the same with pages that some share counted once."""
    total = 0
    for pid in pids:
        with (
            contextlib.suppress(OSError),
            open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file,
        ):
            total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:")) * 1024
    return total


def kill_all() -> None:
    """Kill everything that the container started, and wait until it is gone."""
    while True:
        for pid in children(os.getpid()):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def begin(told: dict[str, object], channel: socket.socket) -> int:
    """Start the container; return its process id, or end where it cannot be started."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        _become(told, writes)
    os.close(writes)
    with os.fdopen(reads, "rb") as file:
        fault = file.read().decode()
    if fault:
        os.waitpid(pid, 0)
        _say(channel, failed=fault)
        sys.exit(0)
    _say(channel, started=pid)
    return pid


def _become(told: dict[str, object], writes: int) -> None:
    """Become the container's command."""
    command, environment = told["command"], told["environment"]
    try:
        os.setsid()
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.chdir(str(told["folder"]))
        assert isinstance(command, list)  # noqa: S101 - it was written so
        assert isinstance(environment, dict)  # noqa: S101 - it was written so
        os.execve(command[0], command, environment)  # noqa: S606 - what it is for
    except BaseException as fault:  # noqa: BLE001 - nothing of the shim may run on here
        os.write(writes, (getattr(fault, "strerror", None) or str(fault)).encode())
    os._exit(127)


def watch(pid: int, most: int, channel: socket.socket, awake: int) -> None:
    """Do what is asked until the container's process has ended, and tell how it did."""
    was_oom = False
    while True:
        ready, _, _ = select.select([channel.fileno(), awake], [], [], _POLL_SECONDS)
        if awake in ready:
            os.read(awake, 4096)
        if channel.fileno() in ready and not _obey(channel, pid):
            kill_all()
            return
        ended = _reaped(pid)
        if ended is not None:
            kill_all()
            _say(channel, ended=ended, oom=was_oom)
            return
        pids = children(os.getpid())
        if not was_oom and memory_of(pids) > most and share_of(pids) > most:
            was_oom = True
            os.kill(pid, signal.SIGKILL)


def _obey(channel: socket.socket, pid: int) -> bool:
    """Do what is asked; return whether somebody is there to ask more."""
    try:
        asked = channel.recv(4096)
    except OSError:
        asked = b""
    for word in asked.split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM if word == b"end" else signal.SIGKILL)
    return bool(asked)


def _reaped(wanted: int) -> int | None:
    """Wait for whatever has ended; return how the container's process did, if it has."""
    result = None
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == wanted:
                code = os.waitstatus_to_exitcode(status)
                result = code if code >= 0 else 128 - code
    return result


def _say(channel: socket.socket, **told: object) -> None:
    with contextlib.suppress(OSError):
        channel.sendall(json.dumps(told).encode() + b"\n")


def main() -> None:
    """Run a container."""
    # The socket is taken away from the standard input, so that no child has it.
    channel = socket.socket(fileno=os.dup(0))
    os.set_inheritable(channel.fileno(), False)  # noqa: FBT003 - its only argument
    _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it is asked over the socket
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    head = b""
    while not head.endswith(b"\n"):
        chunk = channel.recv(65536)
        if not chunk:
            return
        head += chunk
    told = json.loads(head)
    awake, waking = os.pipe()
    os.set_blocking(waking, False)
    signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    pid = begin(told, channel)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    watch(pid, told["memory"], channel, awake)


if __name__ == "__main__":
    main()
