"""Index an app from Funcyard's side: the loader runs on the app's own interpreter, apart.

A process of its own, because an app may crash, hang or exit while it is imported, and because it
needs its own Python and packages. The result comes back as JSON on a pipe.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.errors import UserError

from .indexing import LOADING
from .model import Index, LoadFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
_KEPT_BYTES = 64 * 1024
_SHOWN_LINES = 20
_GRACE_SECONDS = 1.0


class IndexingError(UserError):
    """The interpreter could not be made to index anything; the app's code did not run."""

    code = "cannot-index"


async def index_app(
    app_dir: Path,
    *,
    interpreter: Path,
    settings: Mapping[str, str],
    timeout: float,  # noqa: ASYNC109 - also kills the process and tells it as the app's failure
) -> Index:
    """Return what the app in ``app_dir`` holds, or why it cannot be loaded.

    An app that hangs, crashes or exits while it is loaded is a failed index as well, of kind
    ``TimeoutError`` or ``ProcessEnded``, with the last lines it printed as the traceback.

    Args:
        app_dir: The folder that holds host.json and the script.
        interpreter: Python 3.11 or newer whose packages hold the app's azure-functions.
        settings: The whole environment of the process: the app's settings, PATH and the like.
        timeout: Seconds until the process is killed.

    Raises:
        IndexingError: The interpreter does not start or is too old.
    """
    reading, writing = os.pipe()
    try:
        process = await _start(app_dir, interpreter, settings, writing)
    except OSError as fault:
        os.close(reading)
        raise IndexingError(f"cannot start {interpreter}: {fault.strerror or fault}") from fault
    finally:
        os.close(writing)
    return await _collect(process, reading, interpreter, timeout)


async def _start(
    app_dir: Path, interpreter: Path, settings: Mapping[str, str], descriptor: int
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        interpreter,
        "-P",
        "-B",
        _BOOTSTRAP,
        "functions.indexing",
        str(descriptor),
        cwd=app_dir,
        env=dict(settings),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        pass_fds=[descriptor],
        start_new_session=True,
    )


async def _collect(
    process: asyncio.subprocess.Process, reading: int, interpreter: Path, seconds: float
) -> Index:
    printed: deque[bytes] = deque()
    printing = asyncio.create_task(_drain(process.stdout, printed))
    try:
        report = await asyncio.wait_for(_read_all(reading), seconds)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _GRACE_SECONDS)
    except TimeoutError:
        report = None
    finally:
        _kill(process)
        code = await process.wait()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(printing, _GRACE_SECONDS)
    lines = _last_lines(printed)
    if report is None:
        return _unloaded("TimeoutError", f"indexing took longer than {seconds:g} s", lines)
    if not report.startswith(LOADING):
        raise IndexingError(
            f"{interpreter} cannot index: it ended with {_ending(code)}"
            + (f": {lines.splitlines()[-1]}" if lines else ""),
            hint="Python 3.11 or newer is needed",
        )
    if report == LOADING:
        return _unloaded(
            "ProcessEnded", f"Python ended with {_ending(code)} while it loaded the app", lines
        )
    return Index.from_dict(json.loads(report.removeprefix(LOADING)))


async def _read_all(descriptor: int) -> bytes:
    stream = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(descriptor, "rb")
    )
    try:
        return await stream.read()
    finally:
        transport.close()


async def _drain(stream: asyncio.StreamReader | None, kept: deque[bytes]) -> None:
    """Read what the app prints, so that it never blocks, and keep the end of it."""
    size = 0
    while stream is not None and (chunk := await stream.read(_KEPT_BYTES)):
        kept.append(chunk)
        size += len(chunk)
        while size - len(kept[0]) >= _KEPT_BYTES:
            size -= len(kept.popleft())


def _kill(process: asyncio.subprocess.Process) -> None:
    """End the process with everything it started; its session is its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _last_lines(printed: deque[bytes]) -> str:
    text = b"".join(printed).decode("utf-8", "replace").strip()
    return "\n".join(text.splitlines()[-_SHOWN_LINES:])


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _unloaded(kind: str, message: str, lines: str) -> Index:
    return Index(failure=LoadFailure(kind=kind, message=message, traceback=lines))
