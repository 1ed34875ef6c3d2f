"""One worker process from outside: started, asked to run, interrupted, ended.

What it loads and runs, and what it tells, goes over its channel (:mod:`funcyard.workflows.wire`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from funcyard.workflows import wire
from funcyard.workflows.errors import WorkerStartError
from funcyard.workflows.pool import debugging, killing, scratch
from funcyard.workflows.pool.outcome import Outcome, in_words
from funcyard.workflows.pool.output import Output
from funcyard.workflows.pool.spawning import spawn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from funcyard.workflows.limits import WorkerLimits
    from funcyard.workflows.pool.compiled import CompiledCode
    from funcyard.workflows.pool.pin import Pin

    Sink = Callable[[list[dict[str, Any]]], None]

_LAST_WORDS_SECONDS: Final = 0.5
_LOAD_MARGIN_SECONDS: Final = 5.0
_CODE_AT_ONCE: Final = 200


@dataclass(slots=True)
class _Run:
    """A run that has no outcome yet."""

    identity: str
    sink: Sink
    answer: asyncio.Future[Outcome]
    started: float = field(default_factory=time.perf_counter)


class WorkerProcess:
    """A worker process that has loaded its version; made by :meth:`start`."""

    def __init__(
        self, pin: Pin, limits: WorkerLimits, folder: Path, compiled: CompiledCode
    ) -> None:
        self.pin = pin
        self.registry: dict[str, Any] = {}
        self.executions = 0
        self.idle_since = time.monotonic()
        self.reusable = True
        self._limits = limits
        self._folder = folder
        self._compiled = compiled
        self._code: list[wire.Message] = []
        self._mark = uuid.uuid4().hex
        self._adapter = debugging.adapter()
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._output: Output | None = None
        self._loading = ""
        self._executes = False
        self._early: list[dict[str, Any]] = []
        self._ready: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._run: _Run | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._keeping: set[asyncio.Task[None]] = set()
        self._read_all: asyncio.Task[None] | None = None
        self._gone = asyncio.Event()

    @property
    def alive(self) -> bool:
        """Whether it can run something."""
        return self._process is not None and not self._gone.is_set()

    @property
    def pid(self) -> int:
        """Process id; 0 before the start."""
        return self._process.pid if self._process else 0

    @classmethod
    async def start(
        cls,
        pin: Pin,
        limits: WorkerLimits,
        folder: Path,
        compiled: CompiledCode,
        *,
        files: Sequence[str] | None = None,
        skipped: Sequence[str] = (),
    ) -> WorkerProcess:
        """Start a process and wait until it has loaded its version.

        Args:
            pin: What it is tied to.
            limits: What it may do.
            folder: A temporary folder of its own, removed when it ends.
            compiled: Code that was compiled before.
            files: What to import; None for everything there is.
            skipped: What not to import.

        Raises:
            WorkerStartError: It could not be executed, died while loading, or took too long.
        """
        worker = cls(pin, limits, folder, compiled)
        try:
            await worker._spawn()
            worker._send(
                {
                    "t": "load",
                    "folder": str(pin.folder),
                    "view": pin.view,
                    "compiled": str(compiled.root),
                    "files": None if files is None else list(files),
                    "skipped": list(skipped),
                    "memory_bytes": limits.memory_bytes,
                    "niceness": limits.niceness,
                    "load_seconds": limits.load_seconds if worker._adapter is None else 0,
                    "debugger": worker._adapter,
                    "longest_result": limits.longest_result,
                    "longest_log": limits.longest_log,
                }
            )
            patience = worker._within(limits.load_seconds + _LOAD_MARGIN_SECONDS)
            async with asyncio.timeout(patience):
                worker.registry = await asyncio.shield(worker._ready)
        except TimeoutError:
            await worker.end()
            raise WorkerStartError(
                f"loading took longer than {limits.load_seconds:g} seconds",
                hint="look for work done at import time, such as a network call",
                file=worker._loading,
            ) from None
        except BaseException:
            await worker.end()
            raise
        return worker

    async def run(self, job: dict[str, Any], seconds: float, sink: Sink) -> Outcome:
        """Run an execution and return how it ended; it always does.

        Args:
            job: ``id``, ``kind``, ``name``, ``parameters`` and ``context``.
            seconds: How long it may run.
            sink: Given what it logs, as it does.
        """
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._run = run = _Run(job["id"], sink, answer)
        self.executions += 1
        self._send({"t": "run", **job})
        try:
            async with asyncio.timeout(self._within(seconds)):
                outcome = await asyncio.shield(answer)
        except TimeoutError:
            self.reusable = False
            await self._interrupt()
            took = time.perf_counter() - run.started
            told = answer.result() if answer.done() else Outcome()
            outcome = told.after(seconds, took)
        finally:
            self._run = None
        return outcome

    async def cancel(self) -> None:
        """End what runs: first it is told, then interrupted, then the process is killed."""
        self.reusable = False
        run = self._run
        if run is None:
            return
        self._send({"t": "cancel"})
        await asyncio.wait([run.answer], timeout=self._limits.cancel_seconds)
        if self._run is run and not run.answer.done():
            await self._interrupt()

    async def end(self) -> None:
        """Kill the process and everything it started, and remove its folder; its code is kept."""
        if self._process is not None and self._process.returncode is None:
            if self.reusable and self._run is None and self.registry:
                killing.kill_group(self._process.pid)
            else:
                await asyncio.to_thread(killing.kill_tree, self._process.pid, self._mark)
            await self._process.wait()
            await self._gone.wait()
        elif not self.reusable:
            await asyncio.to_thread(killing.kill_marked, self._mark)
        if self._output is not None:
            self._output.close()
        await asyncio.gather(*self._keeping)
        await asyncio.to_thread(scratch.remove, self._folder)

    async def _interrupt(self) -> None:
        """Raise Cancelled in the code; kill the process where it has not ended soon."""
        run = self._run
        if run is None or self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGTERM)
        await asyncio.wait([run.answer], timeout=self._limits.kill_seconds)
        if not run.answer.done():
            await asyncio.to_thread(killing.kill_tree, self._process.pid, self._mark)
            await self._gone.wait()

    def _within(self, seconds: float) -> float | None:
        """Return a limit of time: none where a debugger may stop the code."""
        return seconds if self._adapter is None else None

    async def _spawn(self) -> None:
        self._output = Output(self._log)
        spawned = await spawn(
            self._limits,
            self._folder,
            self._mark,
            self._output,
            debugged=self._adapter is not None,
        )
        self._process, self._writer = spawned.process, spawned.writer
        self._read_all = asyncio.create_task(self._read(spawned.reader))
        self._keep(self._read_all)
        self._keep(asyncio.create_task(self._wait()))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _send(self, message: wire.Message) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(wire.pack(message))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                self._take(await wire.read(reader))
        except (asyncio.IncompleteReadError, OSError):
            # It has ended; or it lives and can tell nothing any more, nor be told.
            self.reusable = False
            if self._process is not None and self._process.returncode is None:
                killing.kill_group(self.pid)
        except (wire.ProtocolViolation, KeyError, TypeError, ValueError):
            # The code has written to the channel itself: nothing it says can be believed.
            self.reusable = False
            killing.kill_group(self.pid)

    def _take(self, message: wire.Message) -> None:
        match message["t"]:
            case "compiling":
                self._loading = str(message["file"])
            case "code":
                self._keep_code(message)
            case "loading":
                self._executes = True
                self._loading = str(message["file"])
            case "ready":
                self._executes = True
                self._keep_code()
                if not self._ready.done():
                    self._ready.set_result(message["registry"])
            case "log":
                self._log(message["entries"])
            case "result":
                self._result(message)

    def _keep_code(self, told: wire.Message | None = None) -> None:
        """Have code kept that was compiled before the version's own code ran, a batch at a time."""
        if told is not None and not self._executes:
            self._code.append(told)
        if self._code and (told is None or len(self._code) >= _CODE_AT_ONCE):
            batch, self._code = self._code, []
            keeping = asyncio.create_task(asyncio.to_thread(self._compiled.keep, batch))
            self._keeping.add(keeping)
            keeping.add_done_callback(self._keeping.discard)

    def _log(self, entries: list[dict[str, Any]]) -> None:
        if self._run is not None:
            self._run.sink(entries)
        elif not self._ready.done():
            self._early = [*self._early, *entries][-20:]

    def _result(self, message: wire.Message) -> None:
        run = self._run
        if run is None or message["id"] != run.identity or run.answer.done():
            return
        self.reusable = self.reusable and message["clean"] is True
        if self._output is not None:
            self._output.drain()
        run.answer.set_result(Outcome.of_result(message))

    async def _wait(self) -> None:
        if self._process is None:
            return
        try:
            code = await self._process.wait()
            if self._read_all is not None:
                # Its last words may still be on their way.
                await asyncio.wait([self._read_all], timeout=_LAST_WORDS_SECONDS)
                self._read_all.cancel()
        finally:  # also where every task of the loop is cancelled: others wait for this
            self._gone.set()
            if self._writer is not None:
                self._writer.close()
        if self._output is not None:
            self._output.drain()
        if not self._ready.done():
            self._ready.set_exception(self._did_not_load(code))
            self._ready.exception()  # told to whoever waits for it; who gave up does not
        run = self._run
        if run is not None and not run.answer.done():
            self.reusable = False
            run.answer.set_result(Outcome.of_death(code, time.perf_counter() - run.started))

    def _did_not_load(self, code: int) -> WorkerStartError:
        where = f" while it imported {self._loading}" if self._loading else ""
        said = "\n".join(str(entry.get("text", "")) for entry in self._early)
        return WorkerStartError(
            f"the worker process ended with {in_words(code)}{where}",
            hint=said or None,
            file=self._loading,
        )
