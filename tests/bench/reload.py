"""Live reload: how long from a save to new code answering, and whether requests are lost meanwhile.

The first part saves ten times, one after the other, and asks every few milliseconds. The second
sends 5,000 requests on a few connections, to a handler that waits a little so that some are always
running, while code is saved ten times; when the newest code has not answered after a tenth of the
requests, sending goes on until it has. A request that is refused, cut off, answered with anything
but 200, or answered by code that was never saved, has failed.
"""

from __future__ import annotations

import http.client
import itertools
import statistics
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.machinery import Running, print_value, running_apps

_SAVES = 10
_RELOADS = 10
_REQUESTS = 5000
_CONNECTIONS = 8
_PAUSE = 0.005
_PATIENCE = 60.0

APP = """
import asyncio

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="version")
async def version(req: func.HttpRequest) -> str:
    await asyncio.sleep(0.01)
    return "{version}"
"""


def main() -> None:
    """Measure and print."""
    with (
        tempfile.TemporaryDirectory() as text,
        running_apps(Path(text) / "project", {"api": _source(0)}) as running,
    ):
        versions = itertools.count(1)
        seconds = [_save_and_wait(running, next(versions)) for _ in range(_SAVES)]
        middle, worst = statistics.median(seconds), max(seconds)
        print_value(
            "save to new code answering", f"{middle * 1000:.0f} ms", target="under 1,000 ms"
        )
        print_value("  the slowest of ten", f"{worst * 1000:.0f} ms")
        load = _Load(running)
        load.run([next(versions) for _ in range(_RELOADS)])
        print_value(
            f"failed of {load.sent:,} requests across {_RELOADS} reloads",
            f"{len(load.failed):,}",
            target="0",
        )
        for reason in sorted(set(load.failed)):
            print(f"  {load.failed.count(reason):,} x {reason}")


def _source(version: int) -> str:
    return APP.replace("{version}", str(version))


def _save(running: Running, version: int) -> None:
    path = running.root / "functions" / "api" / "function_app.py"
    path.write_text(_source(version), encoding="utf-8")


def _save_and_wait(running: Running, version: int) -> float:
    connection = _connect(running)
    began = time.perf_counter()
    _save(running, version)
    while _ask(connection) != (200, str(version)):
        if time.perf_counter() - began > _PATIENCE:
            raise SystemExit(f"version {version} never answered")
        time.sleep(_PAUSE)
    connection.close()
    return time.perf_counter() - began


class _Load:
    """Sends requests on several connections while code is saved."""

    def __init__(self, running: Running) -> None:
        self.sent = 0
        self.failed: list[str] = []
        self._running = running
        self._allowed = 0
        self._saved: set[str] = set()
        self._newest = ""
        self._answered = threading.Event()
        self._over = False
        self._lock = threading.Lock()

    def run(self, versions: list[int]) -> None:
        self._saved = {str(versions[0] - 1)}
        senders = [threading.Thread(target=self._send) for _ in range(_CONNECTIONS)]
        for sender in senders:
            sender.start()
        try:
            for version in versions:
                self._reload(version)
        finally:
            self._over = True
            for sender in senders:
                sender.join()

    def _reload(self, version: int) -> None:
        with self._lock:
            self._allowed += _REQUESTS // _RELOADS
            self._newest = str(version)
            self._saved.add(self._newest)
            self._answered.clear()
        _save(self._running, version)
        if not self._answered.wait(_PATIENCE):
            raise SystemExit(f"version {version} never answered")
        while self.sent < self._allowed:
            time.sleep(_PAUSE)

    def _send(self) -> None:
        connection = _connect(self._running)
        while not self._over:
            with self._lock:
                idle = self.sent >= self._allowed and self._answered.is_set()
                self.sent += not idle
            if not idle:
                self._judge(connection)
            time.sleep(_PAUSE)
        connection.close()

    def _judge(self, connection: http.client.HTTPConnection) -> None:
        try:
            status, text = _ask(connection)
        except (OSError, http.client.HTTPException) as fault:
            self.failed.append(type(fault).__name__)
            connection.close()
            return
        if status != http.HTTPStatus.OK:
            self.failed.append(f"status {status}")
        elif text not in self._saved:
            self.failed.append("an answer of no version")
        elif text == self._newest:
            self._answered.set()


def _connect(running: Running) -> http.client.HTTPConnection:
    place = urlsplit(running.url)
    return http.client.HTTPConnection(str(place.hostname), place.port, timeout=_PATIENCE)


def _ask(connection: http.client.HTTPConnection) -> tuple[int, str]:
    connection.request("GET", "/api/version")
    response = connection.getresponse()
    return response.status, response.read().decode()


if __name__ == "__main__":
    main()
