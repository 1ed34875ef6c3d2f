"""How other commands speak to a running ``up``: JSON lines over a private Unix socket.

The socket lies in a folder that only its owner may enter, and its path is in the project's lock
file (``host/holder.py``). A request is one line ``{"op": …}``; an answer is one line, or many for
``logs``. An answer ``{"error": {code, message, hint}}`` says what went wrong.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any, Protocol

from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

_LONGEST_LINE = 64 * 1024 * 1024


class Operations(Protocol):
    """What can be asked of a running project."""

    def status(self) -> dict[str, Any]:
        """Return apps, functions and storage."""
        ...

    async def invoke(self, app: str, function: str, text: str) -> dict[str, Any]:
        """Run a function by hand and return its outcome."""
        ...

    def logs(self, *, app: str, count: int, follow: bool) -> AsyncIterator[dict[str, Any]]:
        """Yield the latest events, oldest first, then new ones where asked to follow."""
        ...

    def request_stop(self) -> None:
        """Begin to shut down."""
        ...


class ControlServer:
    """Answers requests until stopped."""

    def __init__(self, path: Path, operations: Operations) -> None:
        self._path = path
        self._operations = operations
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_unix_server(
            self._accept, self._path, limit=_LONGEST_LINE
        )

    async def stop(self) -> None:
        """End every conversation; the socket is removed with its folder, by who made that."""
        if self._server is not None:
            self._server.close()
        for client in self._clients:
            client.cancel()
        if self._clients:
            await asyncio.wait(self._clients)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._converse(reader, writer))
        self._clients.add(task)
        task.add_done_callback(self._clients.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await reader.readline()
            async for answer in self._answers(json.loads(line)):
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except FuncyardError as fault:
            writer.write(json.dumps({"error": fault.as_dict()}).encode() + b"\n")
        except (ValueError, KeyError, ConnectionError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _answers(self, request: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        operation = request["op"]
        if operation == "status":
            yield self._operations.status()
        elif operation == "invoke":
            yield await self._operations.invoke(
                request["app"], request["function"], request["input"]
            )
        elif operation == "logs":
            async for event in self._operations.logs(
                app=request.get("app", ""), count=request["count"], follow=request["follow"]
            ):
                yield event
        elif operation == "stop":
            self._operations.request_stop()
            yield {"stopping": True}
        else:
            yield {"error": {"code": "unknown-operation", "message": operation, "hint": None}}
