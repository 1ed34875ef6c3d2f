"""A project made by hand and a real ``funcyard up`` of it, spoken to from outside."""

from __future__ import annotations

import base64
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import psutil

from funcyard.host.client import ask
from funcyard.project.root import state_folder

if TYPE_CHECKING:
    from collections.abc import Callable

FUNCYARD = Path(sys.executable).with_name("funcyard")
_PATIENCE = 30.0


@dataclass
class Answer:
    """An HTTP response."""

    status: int
    body: bytes
    headers: dict[str, str]


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Send a request and return its response, whatever its status."""
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as response:
            return Answer(response.status, response.read(), dict(response.headers.items()))
    except urllib.error.HTTPError as refusal:
        with refusal:
            return Answer(refusal.code, refusal.read(), dict(refusal.headers.items()))


def make_project(root: Path, apps: dict[str, str], *, spec: str = "") -> Path:
    """Write a project whose apps have the given ``function_app.py``; ports are any free ones."""
    lines = ["project_name: sample", "function_apps:"]
    for index, (name, source) in enumerate(apps.items()):
        lines += [
            f"  - name: {name}",
            f"    port: {21000 + index}",
            "    triggers: [{type: http, name: hello}]",
        ]
        folder = root / "functions" / name
        folder.mkdir(parents=True)
        (folder / "function_app.py").write_text(source, encoding="utf-8")
        (folder / "host.json").write_text('{"version": "2.0"}', encoding="utf-8")
    (root / "funcyard.yaml").write_text("\n".join(lines) + "\n" + spec, encoding="utf-8")
    key = base64.b64encode(os.urandom(64)).decode()
    (root / ".env.local").write_text(f"AZURITE_ACCOUNT_KEY={key}\n", encoding="utf-8")
    return root


@dataclass
class Up:
    """A running ``funcyard up --json``.

    Attributes:
        ready: The first line; it comes after ten seconds also where an app still loads.
        loaded: Whether such an app is waited for, and told in ``ready`` as it is then.
    """

    root: Path
    python: Path | None = None
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    loaded: bool = True
    ready: dict[str, Any] = field(init=False)
    events: list[dict[str, Any]] = field(default_factory=list, init=False)

    def __enter__(self) -> Self:
        python: list[str | Path] = ["--python", self.python] if self.python else []
        self.process = subprocess.Popen(
            [FUNCYARD, "up", self.root, "--json", *python, *self.arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.environment},
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        first = json.loads(self._lines.get(timeout=_PATIENCE) or "{}")
        if first.get("event") != "ready":
            self.__exit__()
            raise AssertionError(first)
        self.ready = first
        try:
            eventually(lambda: not self.loaded or self._has_loaded())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(_PATIENCE)
        self._reader.join(_PATIENCE)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _has_loaded(self) -> bool:
        loading = [app for app in self.ready["apps"] if "still loading" in app["reason"]]
        if loading:
            (status,) = ask(state_folder(self.root), op="status")
            now = {app["name"]: app for app in status["apps"]}
            for app in loading:
                app.update(now[app["name"]])
        return not any("still loading" in app["reason"] for app in loading)

    def app(self, name: str = "api") -> dict[str, Any]:
        """What the first line told of an app."""
        found: dict[str, Any] = next(app for app in self.ready["apps"] if app["name"] == name)
        return found

    def url(self, path: str, app: str = "api") -> str:
        """The address of a path of an app."""
        return f"{self.app(app)['url']}{path}"

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read events until one is wanted, and return it."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            try:
                line = self._lines.get(timeout=1)
            except queue.Empty:
                continue
            if line is None:
                break
            event: dict[str, Any] = json.loads(line)
            self.events.append(event)
            if wanted(event):
                return event
        raise AssertionError(f"never came; got {[e['message'] for e in self.events]}")

    def children(self) -> list[psutil.Process]:
        """Every process below ``up``."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def save(self, source: str, app: str = "api") -> None:
        """Write the app's code as an editor does."""
        path = self.root / "functions" / app / "function_app.py"
        path.write_text(source, encoding="utf-8")


def eventually(check: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + _PATIENCE
    while not check():
        assert time.monotonic() < deadline, "it never held"
        time.sleep(0.05)
