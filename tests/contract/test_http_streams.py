"""Streamed HTTP judged by Microsoft's worker library and the web extension's own server.

The app ``http_streams/app.txt`` is served by both, on the same interpreter and packages; each is
sent the requests of ``http_streams/requests.py``. Compared are status, headers and body to the last
byte, whether the answer is whole or broken off, and what became of the function. Only the real host
is missing on the official side; it fails an invocation whose answer was broken off.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.contract.conftest import locked
from tests.contract.http_streams.requests import CASES, Case, answer_of

from funcyard.host.alone import AlonePlan, LoneApp
from funcyard.host.events import Event, Events

HERE = Path(__file__).resolve().parent / "http_streams"
BROKEN_OFF = {
    "short": "RuntimeError: Response content shorter than Content-Length",
    "long": "RuntimeError: Response content longer than Content-Length",
    "breaks": "LookupError: in the midst",
    "nothing": "ValueError: No http response found for invocation ID",
}
"""What the official worker takes for returned, though the answer is broken off or its own 500."""

TIMER = """
import azure.functions as func
import extension

app = func.FunctionApp()


@app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
def nightly(timer):
    pass
"""


@pytest.fixture(scope="session")
def answers(judge: Path, shared_folder: Path) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """What the official worker and ours answered, by the name of the case; asked once in a run."""
    folder = shared_folder / f"http-streams-{judge.parents[1].name}"
    with locked(shared_folder / "http-streams.lock"):
        if not (folder / "answers.json").exists():
            app = _app(folder, (HERE / "app.txt").read_text(encoding="utf-8"))
            found = {"official": _official(judge, app), "ours": asyncio.run(_ours(judge, app))}
            (folder / "answers.json").write_text(json.dumps(found), encoding="utf-8")
    told = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    assert "failure" not in told["official"], told["official"]
    return {case.name: (told["official"][case.name], told["ours"][case.name]) for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_answer_is_the_official_worker_s(
    case: Case, answers: dict[str, tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    official, ours = answers[case.name]
    if case.name in BROKEN_OFF:
        assert official["function"] == "returned"
        official["function"] = BROKEN_OFF[case.name]
    assert ours == official


def test_the_requests_cover_every_kind_of_answer(
    answers: dict[str, tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    official = [answer for answer, _ in answers.values()]
    assert {answer["status"] for answer in official} >= {"200", "204", "206", "307", "418", "500"}
    assert {answer["whole"] for answer in official} == {True, False}


@pytest.mark.parametrize(
    "extension",
    [
        "class Server(base.WebServer):\n    pass\n",
        "class WebServer(base.WebServer): ...\nclass WebApp(base.WebApp):\n    __init__ = None\n",
    ],
)
async def test_a_web_extension_that_cannot_be_started_fails_the_app(
    extension: str, interpreter: Path, tmp_path: Path
) -> None:
    app = _app(tmp_path, TIMER)
    text = f"import azurefunctions.extensions.base as base\n\n\n{extension}"
    (app / "extension.py").write_text(text, encoding="utf-8")

    failure = (await asyncio.to_thread(_official, interpreter, app))["failure"]
    served, _ = await _served(interpreter, app)
    document = served.status()["apps"][0]
    await served.stop()

    assert failure.startswith("HttpServerInitError: Error initializing HTTP server: ")
    assert document["state"] == "failed"
    assert failure in document["reason"]


def _app(folder: Path, source: str) -> Path:
    app = folder / "app"
    app.mkdir(parents=True)
    (app / "function_app.py").write_text(source, encoding="utf-8")
    (app / "host.json").write_text('{"version": "2.0"}', encoding="utf-8")
    return app


def _official(judge: Path, app: Path) -> dict[str, Any]:
    answers = app.parent / "official.json"
    done = subprocess.run(
        [judge, HERE / "official.py", app, answers], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(answers.read_text(encoding="utf-8"))
    return told


async def _ours(judge: Path, app: Path) -> dict[str, Any]:
    served, events = await _served(judge, app)
    url = urlsplit(served.status()["apps"][0]["url"])
    assert url.hostname is not None
    assert url.port is not None
    told = {}
    try:
        for case in CASES:
            before = len(_runs(events))
            answer = await asyncio.to_thread(answer_of, (url.hostname, url.port), case)
            async with asyncio.timeout(30):
                while len(_runs(events)) == before:  # noqa: ASYNC110 - events have no condition
                    await asyncio.sleep(0.01)
            told[case.name] = {**answer, "function": _outcome(_runs(events)[-1])}
    finally:
        await served.stop()
    return told


async def _served(python: Path, app: Path) -> tuple[LoneApp, Events]:
    events = Events()
    settings = {**os.environ, "FUNCTIONS_WORKER_RUNTIME": "python"}
    served = LoneApp(AlonePlan("app", app, python, settings, "127.0.0.1", 0, None), events)
    await served.start()
    return served, events


def _runs(events: Events) -> list[Event]:
    return [event for event in events.recent() if event.kind == "invocation"]


def _outcome(run: Event) -> str:
    if run.data["ok"]:
        return "returned"
    raised = run.message.rsplit("\n", 1)[-1].replace(run.invocation_id, "ID")
    return re.sub(r"^[\w.]*\.(?=\w+:)", "", raised)
