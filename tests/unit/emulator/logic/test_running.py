"""Runs of workflows, where what they call answers oddly."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from funcyard.emulator.logic import running
from funcyard.emulator.logic.definition import Action, Definition
from funcyard.emulator.logic.running import Run
from funcyard.emulator.logic.runs import Runs


async def test_an_answer_that_is_too_large_fails_its_action(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "LARGEST_ANSWER", 1000)

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    call = Action("call", "Http", {"method": "GET", "uri": f"http://127.0.0.1:{port}/"}, {})
    runs = Runs(tmp_path / "runs.sqlite")
    definition = Definition("manual", "POST", (call,), {})
    run = Run(runs, definition, {}, lambda: "now", ssl.create_default_context())
    await run.carry_out()
    server.close()
    kept = runs.find(run.name)
    runs.close()
    assert kept is not None
    assert kept["status"] == "Failed"
    assert "1000 bytes" in kept["actions"]["call"]["error"]["message"]
