"""The apps of a twin, each a ``funcyard host`` process, with the settings that they may read."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from tests.e2e.serving_alone import command_of
from tests.integration.twin.resources import Resources
from tests.ports import free_ports

from funcyard.host.keys import Keys, load_keys
from funcyard.twin.boundaries import boundaries
from funcyard.twin.config.twin import Twin
from funcyard.twin.contract import settings as s
from funcyard.twin.contract.functions import address, function
from funcyard.twin.contract.tokens import HEADER
from funcyard.twin.describing import describe, describe_device
from funcyard.twin.providers.azure.packages import AppPackage, app_package

Found = TypeVar("Found")
Json: TypeAlias = dict[str, Any]
_LAYERS = ("l0", "l1", "l2", "l3", "l4")
_PATIENCE_SECONDS = 30.0
_STEP_SECONDS = 0.05


@dataclass
class App:
    """One app."""

    url: str
    shipped: AppPackage
    keys: Keys
    folder: Path
    keys_file: Path
    settings: dict[str, str] = field(repr=False, default_factory=dict)
    process: subprocess.Popen[str] | None = None
    log: Path = Path()

    def start(self) -> None:
        """Serve it, and wait until it is ready."""
        port = self.url.rpartition(":")[2]
        options = ("--port", port, "--enable-auth", "--json", "--keys", self.keys_file)
        known = {name: value for name, value in os.environ.items() if not name.startswith("AZURE")}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command_of(self.folder, *options, "--python", sys.executable),
                stdout=log,
                stderr=log,
                text=True,
                env={**known, **self.settings},
            )
        until(lambda: self._is_ready)

    @property
    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text("utf-8")
        lines = self.log.read_text("utf-8").splitlines()
        ready = [json.loads(line) for line in lines if '"event": "ready"' in line]
        if not ready:
            return False
        names = [one["name"] for one in ready[-1]["apps"][0]["functions"]]
        assert sorted(names) == [one.name for one in self.shipped.functions], ready[-1]
        return True

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None


@dataclass
class Answered:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: Any


@dataclass
class ServedTwin:
    """A twin whose functions answer.

    Attributes:
        twin: Its configuration.
        settings: Every setting that a function could be given, by name.
        apps: By layer and cloud.
        notified: What its notification workflow was sent.
    """

    twin: Twin
    settings: dict[str, str] = field(repr=False)
    apps: dict[tuple[str, str], App]
    notified: list[Any]

    def app(self, layer: str, cloud: str = "azure") -> App:
        return self.apps[layer, cloud]

    def call(
        self,
        layer: str,
        name: str,
        body: object = None,
        /,
        *,
        cloud: str = "azure",
        method: str = "POST",
        query: str = "",
        headers: Mapping[str, str] | None = None,
        **parameters: str,
    ) -> Answered:
        """Call a function as one does that has its key, or its token."""
        one, app = function(name, layer), self.app(layer, cloud)
        shown = {HEADER: self.settings[one.token]} if one.token else {}
        shown = shown if one.token else {"x-functions-key": app.keys.host}
        url = address(app.url, one.route or "", **parameters) + query
        return send(method, url, body, shown if headers is None else headers)

    def deliver(self, layer: str, name: str, data: object, *, cloud: str = "azure") -> int:
        """Deliver an event as Event Grid does; return the status of the answer."""
        app = self.app(layer, cloud)
        event = {
            "id": "e1",
            "topic": "/hub",
            "subject": "devices/x",
            "eventType": "Microsoft.Devices.DeviceTelemetry",
            "eventTime": "2026-11-20T10:00:00Z",
            "dataVersion": "",
            "metadataVersion": "1",
            "data": data,
        }
        url = f"{app.url}/runtime/webhooks/EventGrid?functionName={name}"
        shown = {"aeg-event-type": "Notification", "x-functions-key": app.keys.master}
        return send("POST", url, [event], shown).status

    def run(self, layer: str, name: str, *, cloud: str = "azure") -> Json:
        """Run a function of a timer to its end; return the event of it."""
        log = self.app(layer, cloud).log
        begin = log.stat().st_size
        self.begin(layer, name, cloud=cloud)
        return until(lambda: _ending(log, begin, name))

    def begin(self, layer: str, name: str, *, cloud: str = "azure") -> None:
        """Let a function of a timer begin."""
        app = self.app(layer, cloud)
        shown = {"x-functions-key": app.keys.master}
        assert send("POST", f"{app.url}/admin/functions/{name}", {}, shown).status == 202

    def log(self, layer: str, cloud: str = "azure") -> str:
        return self.app(layer, cloud).log.read_text("utf-8")


def telemetry(device: str, body: object, *, taken: str = "2026-11-20T10:00:00.123Z") -> object:
    """Return the data of an event of a hub."""
    system = {"iothub-connection-device-id": device, "iothub-enqueuedtime": taken}
    return {"properties": {}, "systemProperties": system, "body": body}


def send(method: str, url: str, body: object, headers: Mapping[str, str]) -> Answered:
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=content, method=method, headers=dict(headers))
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS) as answer:
            return _answered(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as refusal:
        with refusal:
            return _answered(refusal.code, refusal.headers, refusal.read())


def until(found: Callable[[], Found | None]) -> Found:
    """Wait until something is there."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not (told := found()):
        assert time.monotonic() < end
        time.sleep(_STEP_SECONDS)
    return told


@contextmanager
def served(
    twin: Twin, resources: Resources, name: str, folder: Path, *, only: tuple[str, ...] = _LAYERS
) -> Iterator[ServedTwin]:
    """Serve the apps of a twin.

    Args:
        twin: Its configuration.
        resources: What functions are told of: storage, hub and graph.
        name: Of its containers.
        folder: Of its own.
        only: The layers whose apps are served.
    """
    values = resources.of(name)
    for device in twin.devices:
        resources.tell_of(describe_device(device, twin), values[s.INFO_CONTAINER])
    clouds = sorted({cloud for _, cloud in twin.providers.slots()})
    shipped = {
        (layer, cloud): found
        for layer in _LAYERS
        for cloud in clouds
        if (found := app_package(twin, layer, cloud)) is not None
    }
    ports = free_ports(len(shipped))
    apps = {
        where: _app(folder / "-".join(where).replace(":", "-"), one, port)
        for (where, one), port in zip(shipped.items(), ports, strict=True)
    }
    with _workflow() as (url, notified):
        told = {s.INFO: describe(twin).write(), s.WORKFLOW_URL: url, **_NEVER, **values}
        told |= _addresses(twin, apps)
        for app in apps.values():
            wanted = {name for one in app.shipped.functions for name in one.settings}
            app.settings |= {name: told[name] for name in wanted & told.keys()}
            app.settings |= {name: told[name] for name in _OF_PLATFORM if name in told}
        try:
            wanted_apps = [app for (layer, _), app in apps.items() if layer in only]
            starting = [threading.Thread(target=app.start) for app in wanted_apps]
            for thread in starting:
                thread.start()
            for thread in starting:
                thread.join()
            yield ServedTwin(twin, told, apps, notified)
        finally:
            for app in apps.values():
                app.stop()


_NEVER = {"MOVERS_SCHEDULE": "0 0 0 29 2 *"}
"""Nothing is moved but when a test wants it."""

_OF_PLATFORM = ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
"""What the platform tells every app."""


def _app(folder: Path, shipped: AppPackage, port: int) -> App:
    code = folder / "code"
    code.mkdir(parents=True)
    shipped.package.write(code)
    names = [one.name for one in shipped.functions]
    keys = load_keys(folder / "keys.json", names, ["eventgrid_extension"])
    url = f"http://127.0.0.1:{port}"
    return App(url, shipped, keys, code, folder / "keys.json", log=folder / "log")


def _addresses(twin: Twin, apps: Mapping[tuple[str, str], App]) -> dict[str, str]:
    """Return addresses, keys and tokens of all apps."""
    slots = dict(twin.providers.slots())
    told: dict[str, str] = {}
    for layer, slot, url, key in (
        ("l1", "layer_1_provider", s.L1_URL, s.L1_KEY),
        ("l2", "layer_2_provider", s.L2_URL, s.L2_KEY),
        ("l3", "layer_3_hot_provider", s.L3_URL, ""),
    ):
        app = apps[layer, slots[slot]]
        told |= {url: app.url, key: app.keys.host}
    for boundary in boundaries(twin.providers):
        receiver = apps["l0", boundary.receiver]
        told |= {
            setting: address(receiver.url, function(name, "l0").route or "")
            for name, setting in boundary.crossing.addresses.items()
        }
    told |= {name: secrets.token_urlsafe(32) for name in _TOKENS}
    return told


_TOKENS = tuple(
    value for name, value in vars(s).items() if name.endswith("_TOKEN") and isinstance(value, str)
)


def _ending(log: Path, begin: int, name: str) -> Json | None:
    with log.open("rb") as file:
        file.seek(begin)
        for line in file.read().decode().splitlines():
            told = json.loads(line) if line.startswith("{") and line.endswith("}") else {}
            if told.get("event") == "invocation" and told.get("function") == name:
                return dict(told)
    return None


def _answered(status: int, headers: Any, content: bytes) -> Answered:  # noqa: ANN401
    told = {name.lower(): value for name, value in headers.items()}
    try:
        return Answered(status, told, json.loads(content) if content else None)
    except ValueError:
        return Answered(status, told, content)


@contextmanager
def _workflow() -> Iterator[tuple[str, list[Any]]]:
    """Run what stands where a notification workflow is called."""
    sent: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(202)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/workflow?sig=secret", sent
    server.shutdown()
    thread.join()
    server.server_close()
