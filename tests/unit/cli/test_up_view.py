"""The overview of a running project."""

from __future__ import annotations

from typing import Any

from funcyard.cli._up_view import overview

HELLO = {
    "name": "hello",
    "route": "/api/hello",
    "trigger": "http",
    "methods": ["GET"],
    "state": "listening",
    "reason": "",
}


def app(departures: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "name": "api",
        "url": "http://127.0.0.1:7071",
        "state": "ready",
        "reason": "",
        "functions": [HELLO],
        "departures": departures,
    }


def test_what_the_code_lacks_stands_among_the_functions_and_what_it_adds_does_not() -> None:
    shown = overview(
        {
            "apps": [
                app(
                    [
                        {"function": "take", "departure": "missing", "message": "not in the code"},
                        {"function": "hello", "departure": "undeclared", "message": "extra"},
                    ]
                )
            ],
            "storage": {},
        }
    )

    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert lines[-1] == "take missing not in the code"
    assert "extra" not in shown
