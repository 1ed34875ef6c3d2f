"""The Function App alone, as a container runs it, with the folder in which somebody writes code."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.host.host_app import new_key
from tests.running_platform import FUNCYARD, eventually

from funcyard.host.azurite.locate import Azurite
from funcyard.host.azurite.process import AzuriteProcess, Ports
from funcyard.host.events import Events

ROOT = Path(__file__).parents[3]
CODE = """
from funcyard.workflows.sdk import workflow

@workflow(name="greet", execution_mode="sync")
def greet():
    return "{text}"
"""


@pytest.fixture(scope="module")
def storage(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The connection string of an Azurite of its own: engines on one storage help each other."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    location = tmp_path_factory.mktemp("azurite")
    process = AzuriteProcess(
        azurite, location=location, key=new_key(), ports=Ports(), events=Events()
    )
    asyncio.run_coroutine_threadsafe(process.start(), loop).result(60)
    yield process.connection_string
    asyncio.run_coroutine_threadsafe(process.stop(), loop).result(60)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def workspace() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="funcyard-watched-"))
    for scope, text in (("global", "everybody"), ("orgs/acme", "acme")):
        place = folder / "workspace" / scope / "greet.py"
        place.parent.mkdir(parents=True)
        place.write_text(CODE.format(text=text), encoding="utf-8")
    yield folder / "workspace"
    shutil.rmtree(folder)


@pytest.fixture
def address(storage: str, workspace: Path) -> Iterator[str]:
    """Where the API is."""
    process = subprocess.Popen(
        [FUNCYARD, "host", ROOT / "workflows", "--port", "0", "--json", "--python", sys.executable],
        env={
            **{name: os.environ[name] for name in ("PATH", "HOME")},
            "AzureWebJobsStorage": storage,
            "FUNCYARD_AUTH": "development",
            "FUNCYARD_LOCAL_PATH": str(workspace.parent / "local"),
            "FUNCYARD_WORKSPACE_PATH": str(workspace),
            "FUNCYARD_WORKSPACE_WATCH": "true",
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    reading = threading.Thread(target=process.stdout.read, daemon=True)
    reading.start()
    yield f"{ready['apps'][0]['url']}/api"
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    reading.join()
    process.stdout.close()


def test_what_lies_in_the_folder_runs_and_so_does_what_is_saved_there(
    address: str, workspace: Path
) -> None:
    _call(address, "POST", "/organizations", {"id": "acme", "name": "Acme"})
    assert eventually(lambda: _greeting(address), lambda text: text == "everybody")
    assert eventually(lambda: _greeting(address, "acme"), lambda text: text == "acme")
    (workspace / "global" / "greet.py").write_text(CODE.format(text="again"), encoding="utf-8")
    assert eventually(lambda: _greeting(address), lambda text: text == "again")
    assert _greeting(address, "acme") == "acme"


def _greeting(address: str, organisation: str = "") -> Any:  # noqa: ANN401 - JSON
    headers = {"X-Organization-Id": organisation} if organisation else {}
    return _call(address, "POST", "/workflows/greet/executions", {}, headers).get("result")


def _call(
    address: str, method: str, path: str, body: object, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{address}{path}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", **(headers or {})},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            found = json.load(refusal)
    return found
