"""The life of a worker: load, report, serve, drain.

Started as ``python -P functions/bootstrap.py host.worker.serve FD`` in the app's folder, with the
app's settings as its environment; the socket is inherited, nothing secret is in the arguments.

``READY`` carries the index, failure included; after a failure the worker has nothing to serve and
ends. ``ACTIVATE`` says that this worker has taken over from an older one. ``STOP`` lets running
invocations finish. When the host is gone the worker ends at once: its messages come back to others.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import platform
import signal
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...functions import loader
from ...functions.failure import failure_of
from ...functions.model import Index
from . import debugger
from .channel import Channel, Kind
from .logs import BatchHandler

if TYPE_CHECKING:
    from .channel import Head
    from .invoker import Invoker

_GONE = 75  # EX_TEMPFAIL: the host went away
_CLEAN_UP_SECONDS = 3.0


def main(descriptor: int) -> None:
    """Serve one app on the inherited socket until told to stop."""
    connection = socket.socket(fileno=descriptor)
    connection.set_inheritable(False)
    # Not closed: tasks and threads of the user's own that never end must not hold the end up.
    asyncio.Runner().run(_serve(connection))
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


async def _serve(connection: socket.socket) -> None:
    worker = _Worker(asyncio.get_running_loop())
    await worker.loop.create_connection(lambda: worker.channel, sock=connection)
    await worker.load()
    await worker.stopped.wait()
    if worker.invoker is not None:
        await worker.invoker.drained()
    worker.logs.flush()
    worker.ended = True
    worker.channel.close()
    await worker.closed.wait()
    await _cancel_what_is_left()


async def _cancel_what_is_left() -> None:
    """Cancel the app's own tasks, and give those that clean up some time for it."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=_CLEAN_UP_SECONDS)


class _Worker:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.stopped = asyncio.Event()
        self.closed = asyncio.Event()
        self.ended = False
        self.invoker: Invoker | None = None
        self.debugging: asyncio.Task[None] | None = None
        self.channel = Channel(self._receive, self._lost)
        self.logs = BatchHandler(loop, self._send_logs)
        logging.root.addHandler(self.logs)
        level = os.environ.get("FUNCYARD_LOG_LEVEL", "INFO")
        logging.root.setLevel(level)
        if level == "INFO":
            # The Azure SDKs write some twenty lines for every request; an app can ask for them.
            logging.getLogger("azure").setLevel(logging.WARNING)

    async def load(self) -> None:
        """Index and bind the app and report; without functions there is nothing to stay for."""
        began = time.perf_counter()
        debugger.listen_early()
        app = loader.load_app(Path.cwd(), os.environ)
        index = app.index
        if app.index.failure is None and app.bound:
            from .invoker import Invoker  # noqa: PLC0415 - needs the app's azure-functions
            from .web import HttpServerInitError  # noqa: PLC0415 - as above

            try:
                self.invoker = Invoker(app, self.channel, self.logs)
            except HttpServerInitError as fault:
                index = Index(failure=failure_of(fault, Path.cwd()))
        self.logs.flush()
        sys.stdout.flush()
        self.channel.send(
            Kind.READY,
            0,
            {
                "index": index.as_dict(),
                "pid": os.getpid(),
                "python": platform.python_version(),
                "azure_functions": _library_version(),
                "seconds": time.perf_counter() - began,
            },
        )

    def _receive(self, kind: Kind, stream: int, head: Head, body: memoryview) -> None:
        if kind is Kind.INVOKE and self.invoker is not None:
            self.invoker.start(stream, head, body)
        elif kind is Kind.BODY and self.invoker is not None:
            self.invoker.arrived(stream, head, bytes(body))
        elif kind is Kind.CREDIT and self.invoker is not None:
            self.invoker.granted(stream, head["n"])
        elif kind is Kind.CANCEL and self.invoker is not None:
            self.invoker.cancel(stream)
        elif kind is Kind.ACTIVATE:
            self.debugging = self.loop.create_task(debugger.listen())
        elif kind is Kind.STOP:
            self.stopped.set()

    def _lost(self, error: Exception | None) -> None:
        del error
        if not self.ended:
            # Whatever still runs has nobody to answer to, and its message comes back to others.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if os.getpgrp() == os.getpid():  # what the app started goes along
                    os.killpg(0, signal.SIGKILL)
            os._exit(_GONE)
        self.closed.set()

    def _send_logs(self, batch: list[dict[str, Any]]) -> None:
        self.channel.send(Kind.LOG, 0, {"records": batch})


def _library_version() -> str:
    library = sys.modules.get("azure.functions")
    return str(getattr(library, "__version__", "")) if library else ""
