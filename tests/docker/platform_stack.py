"""The workspace platform in containers, as somebody who has its Compose files runs it."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.docker import stand_in
from tests.docker.composition import Composition
from tests.docker.engine import ROOT, run
from tests.e2e.dap import Client
from tests.e2e.running import Answer, fetch
from tests.ports import free_ports

ACCOUNT: Final = "devstoreaccount1"
KEY: Final = "b3duIGtleSBvZiB0aGlzIHRlc3Q="
DEVELOPMENT: Final = "docker-compose.dev.yml"
SERVICES: Final = ("azurite", "files", "platform")
_PORTS: Final = ("PLATFORM", "DEBUG", "AZURITE_BLOB", "AZURITE_QUEUE", "AZURITE_TABLE", "FILES")
_PATIENCE: Final = 60.0
_TAKEN: Final = ("src/funcyard", "workflows", "requirements")


def checkout(folder: Path) -> Path:
    """Copy of this repository what the image is built from, as Git has it and as it is now."""
    listed = run(
        "git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard", *_TAKEN
    )
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


class PlatformStack(Composition):
    """The services of ``docker-compose.dev.yml``, and calls of the API.

    Args:
        file: The Compose file.
        name: Of the project in the engine.
        workspace: The folder in which code is written.
        image: Of the platform.
    """

    def __init__(self, file: Path, name: str, workspace: Path, image: str) -> None:
        self.workspace = workspace
        self.ports = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
        super().__init__(
            file,
            name,
            {
                **{f"{service}_PORT": str(port) for service, port in self.ports.items()},
                "AZURITE_ACCOUNT_KEY": KEY,
                "AZURITE_BASE_IMAGE": stand_in.AZURITE,
                "FUNCTIONS_BASE_IMAGE": stand_in.FUNCTIONS,
                "PLATFORM_IMAGE": image,
                "WORKSPACE_FOLDER": str(workspace),
            },
        )

    @property
    def url(self) -> str:
        """The API's address on this machine."""
        return f"http://127.0.0.1:{self.ports['PLATFORM']}/api"

    def call(self, method: str, path: str, body: object = None) -> Answer:
        """Send a request and return its response."""
        data = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        return fetch(f"{self.url}{path}", method=method, body=data, headers=headers)

    def run(self, workflow: str, **given: object) -> Any:  # noqa: ANN401 - JSON
        """Execute a workflow and return its result, None where there is none."""
        answer = self.call("POST", f"/workflows/{workflow}/executions", {"input": given})
        return json.loads(answer.body).get("result")

    def becomes(self, workflow: str, result: object, **given: object) -> None:
        """Execute a workflow until it returns that."""
        deadline = time.monotonic() + _PATIENCE
        while (found := self.run(workflow, **given)) != result:
            assert time.monotonic() < deadline, f"{found}\n{self.logs('platform')}"
            time.sleep(0.1)

    def remove(self) -> None:
        """End the services and remove their containers, volumes and networks."""
        self.compose("down", "--volumes", "--remove-orphans")


def stopped(debugger: Client, expression: str, call: Callable[[], Any]) -> tuple[str, Any]:
    """Call, and return what an expression was where the debugger stopped, and what came of it."""
    answers: list[Any] = []
    caller = threading.Thread(target=lambda: answers.append(call()))
    caller.start()
    event = debugger.wait_for_event("stopped")
    assert event["reason"] == "breakpoint"
    found = debugger.variable(event["threadId"], expression)
    debugger.resume(event["threadId"])
    caller.join()
    return found, answers[0]
