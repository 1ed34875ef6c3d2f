"""The life of a worker: limit itself, load a version, run executions until the engine is gone.

The main thread runs the code, so that signals and ``asyncio.run`` work in it; another reads the
channel. SIGTERM raises :class:`~funcyard.workflows.sdk.Cancelled` in a running execution. When the
engine is gone the worker ends at once with everything it started: nobody waits for it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import resource
import signal
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from funcyard.workflows import sdk, wire
from funcyard.workflows.worker import debugger, modules
from funcyard.workflows.worker.compiling import Compiler
from funcyard.workflows.worker.discovery import Discovery
from funcyard.workflows.worker.logs import Journal, LogHandler, Streams
from funcyard.workflows.worker.running import Runner

if TYPE_CHECKING:
    from funcyard.workflows.wire import Message

_SUBREAPER: Final = 36  # PR_SET_CHILD_SUBREAPER of linux/prctl.h


def main(descriptor: int) -> None:
    """Serve the engine at the other end of the inherited socket."""
    connection = socket.socket(fileno=descriptor)
    connection.set_inheritable(False)
    message = wire.receive(connection)
    if message is None:
        os._exit(0)
    _limit(message)
    _Worker(connection, message).serve()


class _Worker:
    def __init__(self, connection: socket.socket, message: Message) -> None:
        self._connection = connection
        self._message = message
        self._main = os.getpid()
        self._sending = threading.Lock()
        self._work: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._running: sdk.Context | None = None
        self._journal = Journal(
            lambda entries: self._send({"t": "log", "entries": entries}), message["longest_log"]
        )
        self._streams = Streams(self._journal)

    def serve(self) -> None:
        """Load, report, run; never returns."""
        signal.signal(signal.SIGTERM, self._interrupt)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=self._read, name="funcyard-channel", daemon=True).start()
        self._journal.start()
        self._streams.install()
        os.register_at_fork(after_in_child=self._forked)
        logging.root.addHandler(LogHandler(self._journal))
        logging.root.setLevel(logging.INFO)
        logging.getLogger("azure").setLevel(logging.WARNING)  # some twenty lines a request
        if self._message["debugger"]:
            debugger.join(self._message["debugger"])
        runner = self._load()
        while True:
            self._run(runner, self._work.get())

    def _load(self) -> Runner:
        message = self._message
        folder = Path(message["folder"])
        compiler = Compiler(Path(message["compiled"]), self._send)
        modules.install(folder, message["view"], compiler)
        discovery = Discovery(
            folder,
            message["view"],
            lambda file: self._send({"t": "loading", "file": file}),
            compiler,
        )
        discovery.load(message["files"], message["skipped"], message["load_seconds"])
        self._streams.end()
        self._journal.end()
        runner = Runner(discovery, folder, message["longest_result"])
        self._send({"t": "ready", "registry": discovery.registry()})
        return runner

    def _run(self, runner: Runner, message: Message) -> None:
        self._journal.begin()
        self._streams.install()
        try:
            outcome = runner.run(message, self._began)
        except sdk.Cancelled:
            # It came a moment after the end: the execution is to be ended all the same.
            error = {"kind": "Cancelled", "message": "ended", "traceback": ""}
            outcome = {"ok": False, "error": error, "clean": False, "errors": []}
        self._running = None
        self._streams.end()
        self._journal.end()
        self._send({"t": "result", "id": message["id"], **outcome})

    def _began(self, context: sdk.Context) -> None:
        self._running = context

    def _interrupt(self, signum: int, frame: object) -> None:
        del signum, frame
        if self._running is None:
            os._exit(0)
        raise sdk.Cancelled

    def _read(self) -> None:
        """Take messages, on a thread of its own, until the engine is gone."""
        while (message := wire.receive(self._connection)) is not None:
            if message["t"] == "run":
                self._work.put(message)
            elif message["t"] == "cancel" and self._running is not None:
                self._running.cancel()
        with contextlib.suppress(OSError):
            os.killpg(0, signal.SIGKILL)
        os._exit(0)

    def _send(self, message: dict[str, Any]) -> None:
        try:
            with self._sending:
                self._connection.sendall(wire.pack(message))
        except OSError:
            # The engine is gone, or the code has closed the channel: nobody hears how this ends.
            if os.getpid() == self._main:
                os._exit(wire.UNHEARD)

    def _forked(self) -> None:
        """Keep a forked child of the code's off the channel: what it prints goes to the pipes."""
        self._connection.close()
        self._sending = threading.Lock()
        self._journal.renew_lock()
        self._streams.give_back()
        logging.root.handlers = [logging.StreamHandler()]
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _limit(message: Message) -> None:
    """Take no more memory, files and processor time than allowed; adopt orphaned descendants."""
    memory = message["memory_bytes"]
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(message["niceness"])
    # Importing it only here keeps platforms without the call out of it.
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes  # noqa: PLC0415 - see the line above

        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
