"""No activity waits: what takes longer than a function may run is waited for by timers."""

from __future__ import annotations

import ast
from pathlib import Path

import funcyard.orchestrator

_ROOM = Path(funcyard.orchestrator.__file__).parent


def test_nothing_in_the_room_sleeps_or_waits_for_an_operation() -> None:
    waiting = {"sleep", "wait", "wait_for", "result", "polling", "poll_until"}
    found = [
        f"{path.name}:{node.lineno}"
        for path in sorted(_ROOM.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in waiting
    ]

    assert found == []
