"""Git as a process: started without a shell, ended with everything it started.

Each runs in a session of its own, so that a time-out, a cancellation or an error here ends Git
and its helpers alike. Its streams are read while it runs, and bounded.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from funcyard.errors import UserError
from funcyard.workspace.git.failures import GitError, RepositoryTimeoutError
from funcyard.workspace.git.settings import environment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

_CHUNK: Final = 64 * 1024
_MOST_OUTPUT: Final = 16 * 1024 * 1024
_KEPT_CHUNKS: Final = 8
_WATCH_SECONDS: Final = 0.05


class GitMissingError(UserError):
    """There is no ``git`` on this machine."""

    code = "git-missing"


@dataclass(frozen=True, slots=True)
class Git:
    """The program, and how it reaches servers.

    Attributes:
        program: Its name or path.
        certificates: PEM file of the authorities to trust instead of the machine's own.
        proxies: The variables by which libcurl is told of proxies.
        stall_seconds: A transfer that moves next to nothing for so long is given up.
        timeout_seconds: A fetch that takes longer is given up.
    """

    program: str = "git"
    certificates: Path | None = None
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    stall_seconds: int = 20
    timeout_seconds: float = 300

    @property
    def settings(self) -> dict[str, str]:
        """What Git is told about reaching servers."""
        told = {"http.lowSpeedLimit": "100", "http.lowSpeedTime": str(self.stall_seconds)}
        if self.certificates is not None:
            told["http.sslCAInfo"] = str(self.certificates.absolute())
        return told


@dataclass(frozen=True, slots=True)
class Ran:
    """What a process left.

    Attributes:
        status: Its exit status; negative for the signal that ended it.
        output: Its standard output.
        said: The end of its standard error.
    """

    status: int
    output: bytes
    said: str


@dataclass(frozen=True, slots=True)
class Running:
    """A process with its streams.

    Attributes:
        given: Its standard input.
        output: Its standard output.
        said: Its standard error.
        process: Itself.
    """

    given: asyncio.StreamWriter
    output: asyncio.StreamReader
    said: asyncio.StreamReader
    process: asyncio.subprocess.Process


@contextlib.asynccontextmanager
async def started(
    git: Git,
    arguments: Sequence[str],
    *,
    repository: Path | None = None,
    settings: Mapping[str, str] | None = None,
    hold: Sequence[int] = (),
) -> AsyncIterator[Running]:
    """Start Git with pipes to all its streams; whatever of it still runs at the end is killed.

    Args:
        git: The program.
        arguments: After its name; never a secret.
        repository: The bare repository it works in.
        settings: Beside those that are always set.
        hold: File descriptors that it keeps open, such as a lock's.

    Raises:
        GitMissingError: It is not installed.
    """
    program = shutil.which(git.program)
    if program is None:
        raise GitMissingError("Git is not installed.", hint="Install git 2.31 or newer.")
    given = environment(git.settings | dict(settings or {}), repository=repository)
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd="/",
        env=given
        | dict(git.proxies)
        | {"PATH": os.pathsep.join([str(Path(program).parent), os.defpath])},
        pass_fds=tuple(hold),
        start_new_session=True,
    )
    running = Running(
        cast("asyncio.StreamWriter", process.stdin),
        cast("asyncio.StreamReader", process.stdout),
        cast("asyncio.StreamReader", process.stderr),
        process,
    )
    try:
        yield running
    finally:
        await asyncio.shield(_end(running))


async def run(
    git: Git,
    arguments: Sequence[str],
    *,
    repository: Path | None = None,
    settings: Mapping[str, str] | None = None,
    given: bytes = b"",
    hold: Sequence[int] = (),
    heard: Callable[[bytes], None] | None = None,
    watch: Callable[[], None] | None = None,
    timeout: float | None = None,  # noqa: ASYNC109 - part of what is asked of Git
) -> Ran:
    """Run Git to its end and return what it left; its exit status is the caller's to judge.

    Args:
        git: The program.
        arguments: After its name; never a secret.
        repository: The bare repository it works in.
        settings: Beside those that are always set.
        given: Its standard input.
        hold: File descriptors that it keeps open.
        heard: Called with each piece of its standard error as it comes.
        watch: Called twenty times a second while it runs; what it raises ends Git.
        timeout: In seconds; Git's own ``timeout_seconds`` unless given.

    Raises:
        GitError: It printed more than it may.
        GitMissingError: It is not installed.
        RepositoryTimeoutError: It took too long.
    """
    seconds = git.timeout_seconds if timeout is None else timeout
    try:
        async with (
            asyncio.timeout(seconds),
            started(git, arguments, repository=repository, settings=settings, hold=hold) as running,
        ):
            done = asyncio.create_task(_conversation(running, given, heard))
            try:
                while not (await asyncio.wait({done}, timeout=_WATCH_SECONDS))[0]:
                    if watch is not None:
                        watch()
            finally:
                if not done.done():
                    await cancelled(done)
            return await done
    except TimeoutError:
        raise RepositoryTimeoutError(
            f"Git did not end within {seconds:g} seconds and was ended."
        ) from None


async def _conversation(
    running: Running, given: bytes, heard: Callable[[bytes], None] | None
) -> Ran:
    output = asyncio.create_task(_output(running))
    said = asyncio.create_task(_said(running, heard))
    told = asyncio.create_task(_tell(running, given))
    try:
        await asyncio.gather(output, said, told)
    finally:
        await cancelled(output, said, told)
    return Ran(await running.process.wait(), output.result(), said.result())


async def cancelled(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until none of them works on a stream any more."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def _output(running: Running) -> bytes:
    chunks, size = [], 0
    while chunk := await running.output.read(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > _MOST_OUTPUT:
            raise GitError(f"Git printed more than {_MOST_OUTPUT // 1024**2} MiB and was ended.")
    return b"".join(chunks)


async def _said(running: Running, heard: Callable[[bytes], None] | None) -> str:
    chunks: deque[bytes] = deque(maxlen=_KEPT_CHUNKS)
    while chunk := await running.said.read(_CHUNK):
        chunks.append(chunk)
        if heard is not None:
            heard(chunk)
    return b"".join(chunks).decode(errors="replace")


async def _tell(running: Running, given: bytes) -> None:
    with contextlib.suppress(ConnectionError):  # it may end without reading all
        running.given.write(given)
        await running.given.drain()
    running.given.close()


async def _end(running: Running) -> None:
    """Kill what still runs and wait for its end, which asyncio tells only of pipes read empty."""
    if running.process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(running.process.pid, signal.SIGKILL)
    running.given.close()
    for stream in (running.output, running.said):
        with contextlib.suppress(OSError):
            while await stream.read(_CHUNK):
                pass
    await running.process.wait()
