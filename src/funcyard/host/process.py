"""One worker process as the host sees it: started, asked, drained, gone.

The channel is a socket pair whose far end only the child inherits, so nobody else can speak on it
and it ends with either side. What the app prints is read from pipes and published as log lines. The
process leads a session of its own: what it started and left in there ends with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from funcyard.errors import FuncyardError
from funcyard.functions import bootstrap
from funcyard.functions.model import Index
from funcyard.host.events import Event, Events
from funcyard.host.in_flight import InFlight
from funcyard.host.invocation import NoWorkerError
from funcyard.host.worker.channel import Channel, Kind
from funcyard.sessions import kill_session
from funcyard.settings import is_on

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from funcyard.host.exchange import Exchange
    from funcyard.host.invocation import Outcome, Retry, Value
    from funcyard.host.log_levels import LogLevels
    from funcyard.host.worker.channel import Head

_SCRIPT = Path(bootstrap.__file__)
_MODULE = "host.worker.serve"
_DEBUGGED = ("-X", "frozen_modules=off")  # debugpy misses breakpoints in frozen modules
_PRINTED_LINE = 64 * 1024
_LAST_WORDS_SECONDS = 0.5
_LOOK_SECONDS = 0.1


class WorkerStartError(FuncyardError):
    """The worker process could not be started, or ended before it told what it found."""

    code = "worker-start-failed"


class Worker:
    """A worker process that has been started.

    Use :meth:`start`; afterwards ``index`` says what it holds. A worker whose index has a failure
    serves nothing and ends by itself when it is closed.
    """

    def __init__(
        self, app: str, events: Events, levels: LogLevels, ended: Callable[[Worker], None]
    ) -> None:
        self.app = app
        self._levels = levels
        self.index = Index()
        self.python = ""
        self.azure_functions = ""
        self.load_seconds = 0.0
        self.exit_code: int | None = None
        self._events = events
        self._ended = ended
        self._channel = Channel(self._receive, self._lost)
        self._calls = InFlight(app, self._channel.send)
        self._process: asyncio.subprocess.Process | None = None
        self._ready: asyncio.Future[Head] = asyncio.get_running_loop().create_future()
        self._tasks: set[asyncio.Task[None]] = set()
        self._gone = asyncio.Event()
        self._cut_off = asyncio.Event()
        self._draining = False

    @property
    def pid(self) -> int:
        """Process id; 0 before the start."""
        return self._process.pid if self._process else 0

    @property
    def alive(self) -> bool:
        """Whether it still takes invocations."""
        return self._process is not None and not self._cut_off.is_set() and not self._gone.is_set()

    @property
    def in_flight(self) -> int:
        """How many invocations it has not answered yet."""
        return len(self._calls)

    @classmethod
    async def start(  # noqa: D417 - what the others mean is said by their names
        cls,
        app: str,
        directory: Path,
        *,
        interpreter: Path,
        environment: Mapping[str, str],
        events: Events,
        levels: LogLevels,
        started: Callable[[int], None],
        ended: Callable[[Worker], None],
        timeout: float | None,  # noqa: ASYNC109 - after it the process is killed
    ) -> Worker:
        """Start a process in the app's folder and wait until it has told what it found.

        Args:
            levels: Which of the app's log records are shown.
            started: Told the process id as soon as there is one.
            ended: Called once when the process has ended, however it ended.
            timeout: Seconds that indexing may take, then the process is killed; None for any time.

        Raises:
            WorkerStartError: It could not be executed, died while loading, or took too long.
        """
        worker = cls(app, events, levels, ended)
        try:
            await worker._spawn(directory, interpreter, environment, started)
            async with asyncio.timeout(timeout):
                head = await asyncio.shield(worker._ready)
        except TimeoutError:
            await worker.kill()
            raise WorkerStartError(
                f"indexing took longer than {timeout:g} s",
                hint="look for work done at import time, such as a network call, in the app",
            ) from None
        except BaseException:
            await worker.kill()
            raise
        worker.index = Index.from_dict(head["index"])
        worker.python = head["python"]
        worker.azure_functions = head["azure_functions"]
        worker.load_seconds = head["seconds"]
        return worker

    def activate(self) -> None:
        """Tell the worker that it has taken over."""
        self._channel.send(Kind.ACTIVATE, 0, {})

    async def invoke(  # noqa: D417 - what the others mean is said by their names
        self,
        function: str,
        inputs: Mapping[str, Value],
        metadata: Mapping[str, Any],
        retry: Retry | None = None,
        trace: tuple[str, str] = ("", ""),
        exchange: Exchange | None = None,
    ) -> Outcome:
        """Run a function and return its outcome; cancelling the call cancels the invocation.

        Args:
            exchange: Of an HTTP function whose request and response are streamed.

        Raises:
            NoWorkerError: The process takes no invocations any more; nothing ran.
            WorkerLost: The process ended before it answered.
        """
        if not self.alive:
            raise NoWorkerError(self.app)
        return await self._calls.run(function, inputs, metadata, retry, trace, exchange)

    def expire(self, limit: float) -> bool:
        """Give up what runs longer than ``limit`` seconds; see :meth:`InFlight.expire`."""
        return self._calls.expire(limit)

    async def drain(self, grace: float, *, while_streaming: bool = False) -> None:
        """Let running invocations finish, end the process, kill it after ``grace`` seconds.

        One that holds an expired invocation is killed as soon as all others are answered.

        Args:
            grace: Seconds.
            while_streaming: Count them anew with every piece of a streamed request or response.
        """
        self._draining = True
        try:
            if self.alive:
                self._channel.send(Kind.STOP, 0, {})
                await self._finish(grace, while_streaming=while_streaming)
        finally:
            await self.kill()

    async def _finish(self, grace: float, *, while_streaming: bool) -> None:
        since = time.perf_counter()
        while not self._gone.is_set() and (self._calls or not self._calls.overdue):
            if while_streaming:
                since = max(since, self._calls.streamed_at)
            left = since + grace - time.perf_counter()
            if left <= 0:
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left, _LOOK_SECONDS)):
                    await self._gone.wait()

    async def kill(self) -> None:
        """End the process at once and wait until it is gone."""
        if self._process is None:
            return
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._gone.wait()
        if self._tasks:
            # A process that the app started may hold its output open for as long as it lives.
            _, pending = await asyncio.wait(self._tasks, timeout=_LAST_WORDS_SECONDS)
            for task in pending:
                task.cancel()

    async def _spawn(
        self,
        directory: Path,
        interpreter: Path,
        environment: Mapping[str, str],
        started: Callable[[int], None],
    ) -> None:
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        try:
            ours.setblocking(False)  # noqa: FBT003 - positional only
            self._process = await asyncio.create_subprocess_exec(
                interpreter,
                "-P",
                *(_DEBUGGED if is_on(environment, "ENABLE_DEBUGGING") else ()),
                _SCRIPT,
                _MODULE,
                str(theirs.fileno()),
                cwd=directory,
                env={
                    **environment,
                    # Of this host an app learns who is at the other end; of others, a proxy's.
                    "FUNCYARD_HOST": "1",
                    "FUNCYARD_LOG_LEVEL": "DEBUG" if self._levels.wants_debug else "INFO",
                },
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                limit=_PRINTED_LINE,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        except OSError as fault:
            ours.close()
            raise WorkerStartError(f"cannot start {interpreter}: {fault}") from fault
        finally:
            theirs.close()
        # From here on its end is noticed, also when the rest of its start is given up.
        started(self._process.pid)
        self._keep(loop.create_task(self._wait()))
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                self._keep(loop.create_task(self._forward(stream)))
        try:
            await loop.create_connection(lambda: self._channel, sock=ours)
        except BaseException:
            ours.close()
            raise

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _wait(self) -> None:
        if self._process is None:
            return
        self.exit_code = await self._process.wait()
        kill_session(self._process.pid)
        # Its last results may still be on their way; a child of the app's may keep the socket open.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_SECONDS):
                await self._cut_off.wait()
        self._gone.set()
        self._calls.lose()
        if not self._ready.done():
            self._ready.set_exception(
                WorkerStartError(
                    f"the worker ended with {_exit_words(self.exit_code)} while it loaded the app",
                    hint="its last lines are in the log",
                )
            )
            self._ready.exception()  # told to whoever waits for it; who gave up does not
        self._channel.close()
        self._ended(self)

    async def _forward(self, stream: asyncio.StreamReader) -> None:
        """Publish printed lines; a line longer than the limit arrives in pieces."""
        while True:
            try:
                line = await stream.readuntil(b"\n")
            except asyncio.LimitOverrunError as overrun:
                line = await stream.read(overrun.consumed)
            except asyncio.IncompleteReadError as end:
                line = end.partial
                if not line:
                    return
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            if text:
                self._events.publish(Event("log", text, app=self.app))

    def _receive(self, kind: Kind, stream: int, head: Head, body: memoryview) -> None:
        if kind is Kind.RESULT:
            self._calls.answered(stream, head, body)
        elif kind in (Kind.BODY, Kind.CREDIT):
            self._calls.streamed(kind, stream, head, body)
        elif kind is Kind.LOG:
            for record in head["records"]:
                function = record.get("function", "")
                if not self._levels.shows(record["level"], function, users=True):
                    continue
                self._events.publish(
                    Event(
                        "log",
                        record["message"],
                        app=self.app,
                        level=record["level"],
                        function=function,
                        invocation_id=record.get("id", ""),
                        data={"logger": record["logger"]},
                        time=record["time"],
                    )
                )
        elif kind is Kind.READY and not self._ready.done():
            self._ready.set_result(head)

    def _lost(self, error: Exception | None) -> None:
        """Take note that the channel is gone: the process is ending, or is of no use any more."""
        del error
        self._cut_off.set()
        self._calls.lose()
        if self._draining:
            return
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()


def _exit_words(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
