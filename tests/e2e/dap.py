"""A small client of the debug adapter protocol, speaking to debugpy as an editor does.

https://microsoft.github.io/debug-adapter-protocol/specification
"""

from __future__ import annotations

import contextlib
import json
import socket
import time
from pathlib import Path
from typing import Any, Self

_PATIENCE = 20.0


class Client:
    """A debugger attached to one process."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = _connect(port)
        self._stream = self._socket.makefile("rb")
        self._sequence = 0
        self._events: list[dict[str, Any]] = []
        self._answers: dict[int, dict[str, Any]] = {}
        self._breakpoints: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # The adapter ends, with every debugger on it, where nobody waits for this answer.
        with contextlib.suppress(AssertionError, OSError):  # what was debugged has ended already
            self._ask("disconnect", {"terminateDebuggee": False})
        self._stream.close()
        self._socket.close()

    def attach(
        self, script: Path, lines: list[int], mappings: list[dict[str, str]] | None = None
    ) -> None:
        """Attach and set breakpoints in one source file."""
        self._breakpoints = {
            "source": {"path": str(script)},
            "breakpoints": [{"line": line} for line in lines],
        }
        self._attach({"justMyCode": False, "pathMappings": mappings or []})

    def child(self) -> Client:
        """Attach to a process that the debugged one has started or starts, as editors do.

        The breakpoints are set there, too.
        """
        told = self.wait_for_event("debugpyAttach")
        child = Client(self._port)
        child._breakpoints = self._breakpoints
        child._attach(told)
        return child

    def variable(self, thread: int, name: str) -> str:
        """Return a local variable of the top frame, as the debugger shows it."""
        frame = self._ask("stackTrace", {"threadId": thread})["stackFrames"][0]
        return str(self._ask("evaluate", {"expression": name, "frameId": frame["id"]})["result"])

    def resume(self, thread: int) -> None:
        """Let the thread go on."""
        self._ask("continue", {"threadId": thread})

    def wait_for_event(self, name: str) -> dict[str, Any]:
        """Return the body of the next event of that name."""
        while True:
            for event in self._events:
                if event["event"] == name:
                    self._events.remove(event)
                    return dict(event.get("body") or {})
            self._receive()

    def _attach(self, arguments: dict[str, Any]) -> None:
        self._ask("initialize", {"adapterID": "test", "pathFormat": "path"})
        attaching = self._send("attach", arguments)
        self.wait_for_event("initialized")
        found = self._ask("setBreakpoints", self._breakpoints)
        assert all(one["verified"] for one in found["breakpoints"]), found
        self._ask("configurationDone", {})
        self._answer_to(attaching)

    def _ask(self, command: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return self._answer_to(self._send(command, arguments))

    def _send(self, command: str, arguments: dict[str, Any]) -> int:
        self._sequence += 1
        message = {"seq": self._sequence, "type": "request", "command": command}
        body = json.dumps({**message, "arguments": arguments}).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        return self._sequence

    def _answer_to(self, sequence: int) -> dict[str, Any]:
        while sequence not in self._answers:
            self._receive()
        answer = self._answers.pop(sequence)
        assert answer["success"], answer
        return dict(answer.get("body") or {})

    def _receive(self) -> None:
        length = 0
        while (line := self._stream.readline().strip()) or not length:
            assert line, "the debugger's end closed"
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message = json.loads(self._stream.read(length))
        if message["type"] == "event":
            self._events.append(message)
        elif message["type"] == "response":
            self._answers[message["request_seq"]] = message


def _connect(port: int) -> socket.socket:
    """Connect once the port is listened on, whoever was the last to do so."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), _PATIENCE)
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "nothing listens for a debugger"
            time.sleep(0.1)
