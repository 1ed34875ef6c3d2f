"""What the Functions host prints in a container."""

from __future__ import annotations

import json
import re

from funcyard.deployed.clues import CLUES
from funcyard.emulator.containerapps.runtime.host_console import HostConsole
from funcyard.host.events import Event


def _lines(*given: str) -> list[str]:
    found: list[str] = []
    console = HostConsole(lambda _, text: found.append(text))
    for text in given:
        console("stdout", text)
    return found


def _of(event: Event) -> str:
    return json.dumps(event.as_dict())


def test_the_functions_that_are_found_are_told_in_the_real_hosts_words() -> None:
    told = _lines(
        '{"event": "ready", "apps": []}',
        _of(Event("app", "ready: 1 function", data={"functions": ["hello"]})),
    )
    assert told == [
        "info: Microsoft.Hosting.Lifetime[0]",
        "      Application started. Press Ctrl+C to shut down.",
        "info: Host.Startup[0]",
        "      Reading functions metadata (Worker)",
        "info: Host.Startup[0]",
        "      1 functions found (Worker)",
        "info: Host.Startup[0]",
        "      1 functions loaded",
        "info: Host.Startup[0]",
        "      Found the following functions:",
        "      Host.Functions.hello",
        "info: Host.Startup[0]",
        "      Job host started",
    ]


def test_an_app_that_cannot_be_indexed_gives_its_cause_away() -> None:
    message = "function_app.py:4: FunctionLoadError: cannot load the hello function: no"
    event = Event("app", message, level="error", data={"kind": "FunctionLoadError"})
    told = _lines(_of(event))
    assert told[:4] == [
        "fail: Host.Function.Console[0]",
        "      Worker failed to index functions",
        "      Result: Failure",
        "      Exception: FunctionLoadError: cannot load the hello function: no",
    ]
    assert "      0 functions found (Worker)" in told
    assert any("No job functions found." in line for line in told)


def test_a_host_json_that_cannot_be_used_is_an_error_of_the_host() -> None:
    told = _lines(_of(Event("app", 'host.json:1: version must be "2.0"', level="error")))
    assert told[1:3] == [
        "      A host error has occurred during startup operation.",
        '      host.json:1: version must be "2.0"',
    ]


def test_logs_runs_and_the_end_have_their_levels_and_categories() -> None:
    events = (
        Event("log", "careful", level="warning", function="hello"),
        Event("log", "printed"),
        Event("invocation", "Executed 'Functions.hello' (Succeeded)", function="hello"),
        Event("invocation", "Failed\nwhy", level="error", function="hello"),
        Event("listener", "cannot start", level="error"),
        Event("stopping", "stopping"),
        Event("ended", "ended"),
    )
    told = _lines(*(_of(event) for event in events))
    assert [line for line in told if not line.startswith(" ")] == [
        "warn: Function.hello.User[0]",
        "info: Host.Function.Console[0]",
        "info: Function.hello[2]",
        "fail: Function.hello[3]",
        "fail: Host.Listeners[0]",
        "info: Microsoft.Hosting.Lifetime[0]",
    ]
    assert told[6:9] == ["fail: Function.hello[3]", "      Failed", "      why"]


def test_what_is_no_event_is_told_as_it_is() -> None:
    lines = ["plain", '{"event"', '{"other": 1}', ""]
    assert _lines(*lines) == lines


def test_the_words_are_those_that_logs_are_searched_for() -> None:
    message = "function_app.py:4: FunctionLoadError: cannot load the hello function: no"
    told = "\n".join(
        _lines(_of(Event("app", message, level="error", data={"kind": "FunctionLoadError"})))
    )
    found = [clue.means for clue in CLUES if re.search(clue.pattern, told)]
    assert len(found) == 2
