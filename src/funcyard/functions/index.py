"""Index an app from Funcyard's side: the loader runs on the app's own interpreter, apart.

A process of its own, because an app may crash, hang or exit while it is imported, and because it
needs its own Python and packages. The result comes back as JSON on a pipe.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.errors import UserError
from funcyard.sessions import kill_session

from .dump import TIMED_OUT, place_in, without_machinery
from .ending import CLOSED, ending_of, killed_for_memory
from .indexing import LOADING
from .model import Index, LoadFailure
from .survey import Survey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .ending import Ending
    from .model import Json

_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
_KEPT_BYTES = 64 * 1024
_SHOWN_LINES = 40
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
    ``TimeoutError`` or of one that :class:`.ending.Kind` tells, with the last lines that the
    process wrote, its stack among them where Python could still tell it, as the traceback.

    Args:
        app_dir: The folder that holds host.json and the script.
        interpreter: Python 3.11 or newer whose packages hold the app's azure-functions.
        settings: The whole environment of the process: the app's settings, PATH and the like.
        timeout: Seconds until the process is killed.

    Raises:
        IndexingError: The interpreter does not start or is too old.
    """
    return (await _run("indexing", app_dir, interpreter, settings, timeout)).index


async def survey_app(
    app_dir: Path,
    *,
    interpreter: Path,
    settings: Mapping[str, str],
    timeout: float,  # noqa: ASYNC109 - as in index_app
) -> Survey:
    """Return all that importing an app tells; see :func:`index_app` for arguments and errors."""
    report = await _run("surveying", app_dir, interpreter, settings, timeout)
    return Survey.reported(report.index, [json.loads(line) for line in report.before], report.after)


@dataclass(frozen=True, slots=True)
class _Report:
    """What the far side reported: lines before the app was imported, what came after, the index."""

    before: list[bytes]
    after: Json
    index: Index


async def _run(
    module: str,
    app_dir: Path,
    interpreter: Path,
    settings: Mapping[str, str],
    timeout: float,  # noqa: ASYNC109 - as in index_app
) -> _Report:
    report, output = _Pipe(), _Pipe(limit=_KEPT_BYTES)
    milliseconds = int(timeout * 1000)
    try:
        process = await _start(
            module, app_dir, interpreter, settings, report.writing, output.writing, milliseconds
        )
    except OSError as fault:
        report.close()
        output.close()
        raise IndexingError(
            f"cannot start {interpreter} in {app_dir}: {fault.strerror or fault}"
        ) from fault
    finally:
        os.close(report.writing)
        os.close(output.writing)
    ending = await _collect(process, report, output, timeout + _GRACE_SECONDS)
    before, loading, after = bytes(report.content).partition(LOADING)
    written = _last_lines(output.content)
    if TIMED_OUT.search(written):
        ending = None
    if not loading:
        raise _not_begun(interpreter, ending, timeout, written)
    if ending is None:
        message = f"indexing took longer than {timeout:g} s"
        index = _unloaded("TimeoutError", message, written, app_dir)
    elif (document := _whole(after)) is None:
        message = f"Python {ending.words} while it loaded the app"
        index = _unloaded(ending.kind.value, message, written, app_dir)
    else:
        index = Index.from_dict(document.get("index", document))
        return _Report(before.splitlines(), document, index)
    return _Report(before.splitlines(), {}, index)


def _whole(report: bytes) -> Json | None:
    """Return what is reported of an app, None where the report breaks off."""
    try:
        document: Json = json.loads(report)
    except ValueError:
        return None
    return document


def _not_begun(
    interpreter: Path, ending: Ending | None, timeout: float, written: str
) -> IndexingError:
    """Return why no code of the app ran."""
    why = f"it {ending.words}" if ending else f"it took longer than {timeout:g} s"
    said = f": {written.splitlines()[-1]}" if written and ending else ""
    hint = ending.hint if ending else "raise --timeout, or look what slows this machine down"
    return IndexingError(f"{interpreter} cannot index: {why}{said}", hint=hint)


async def _start(
    module: str,
    app_dir: Path,
    interpreter: Path,
    settings: Mapping[str, str],
    report: int,
    output: int,
    milliseconds: int,
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        interpreter,
        "-P",
        "-B",
        _BOOTSTRAP,
        f"functions.{module}",
        str(report),
        str(milliseconds),
        cwd=app_dir,
        env=dict(settings),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=[report],
        start_new_session=True,
    )


async def _collect(
    process: asyncio.subprocess.Process, report: _Pipe, output: _Pipe, seconds: float
) -> Ending | None:
    """Wait for the whole report, end what is left of the process.

    Returns:
        How it ended by itself, None where the report did not come in time.
    """
    killed = killed_for_memory()
    printing = asyncio.create_task(output.read())
    try:
        async with asyncio.timeout(seconds):
            await report.read()
    except TimeoutError:
        return None
    else:
        return await _ending(process, killed)
    finally:
        _kill(process)
        await process.wait()
        # What the app started may have left the session and hold the output open.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_SECONDS):
                await printing


async def _ending(process: asyncio.subprocess.Process, killed: int) -> Ending:
    """Return how a process ends that reports nothing any more.

    Args:
        process: The process.
        killed: How many the system had killed for lack of memory when it was started.
    """
    try:
        async with asyncio.timeout(_GRACE_SECONDS):
            code = await process.wait()
    except TimeoutError:
        return CLOSED
    return ending_of(code, lacked_memory=killed_for_memory() > killed)


class _Pipe:
    """A pipe from the process, of which at most the last ``limit`` bytes are kept."""

    def __init__(self, limit: int = sys.maxsize) -> None:
        self.content = bytearray()
        self._limit = limit
        self._reading, self.writing = os.pipe()

    def close(self) -> None:
        os.close(self._reading)

    async def read(self) -> None:
        """Read to the end, then close."""
        stream = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(self._reading, "rb")
        )
        try:
            while chunk := await stream.read(_KEPT_BYTES):
                self.content += chunk
                del self.content[: -self._limit]
        finally:
            transport.close()


def _kill(process: asyncio.subprocess.Process) -> None:
    """End the process with everything it started; its session is its own."""
    kill_session(process.pid)


def _last_lines(printed: bytearray) -> str:
    text = printed.decode("utf-8", "replace").strip()
    return "\n".join(text.splitlines()[-_SHOWN_LINES:])


def _unloaded(kind: str, message: str, written: str, app_dir: Path) -> Index:
    file, line = place_in(written, app_dir.absolute()) or ("", 0)
    return Index(failure=LoadFailure(kind, message, file, line, without_machinery(written)))
