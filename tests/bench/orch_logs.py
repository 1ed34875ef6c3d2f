"""How long after its writing ``funcyard orch logs --follow`` prints a line, over ten replicas.

Each replica of an app in a local Azure prints the time ten times a second; the command's own
process is read, line by line. Its peer follows the same ten streams by curl, a process each.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from tests import local_azure
from tests.e2e.running import FUNCYARD
from tests.integration.containerapps.health_images import pushed_program
from tests.integration.emulator import containerapps as apps
from tests.integration.emulator.registries import registry
from tests.integration.emulator.twins import group
from tests.local_azure import LocalAzure

_GROUP = "bench"
_APP = "bench-logs"
_REPLICAS = 10
_SECONDS = 20.0
_PRINTING = """\
import os, signal, time
signal.signal(signal.SIGTERM, lambda *ignored: os._exit(0))
while True:
    print("written", repr(time.time()), flush=True)
    time.sleep(0.1)
"""
_WRITTEN = re.compile(r"written (\d+\.\d+)")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        azure = local_azure.start(folder / "kept", "--scale", "100")
        try:
            where = _made(azure, folder)
            names = {"AZURE_RESOURCE_GROUP": _GROUP, "AZURE_CONTAINER_APP_NAME": _APP}
            environment = {**os.environ, **azure.settings, **names, "XDG_CONFIG_HOME": text}
            command: list[str | Path] = [
                FUNCYARD,
                "orch",
                "logs",
                "--follow",
                "--tail",
                "0",
                "--json",
            ]
            _print("orch logs --follow", _followed([command], environment))
            _print("curl, ten processes", _followed(_curls(azure, where), environment))
        finally:
            azure.end()


def _made(azure: LocalAzure, folder: Path) -> str:
    group(azure, _GROUP)
    source = folder / "image"
    source.mkdir()
    image = pushed_program(registry(azure, _GROUP, "images", is_open=True), source, _PRINTING)
    where = apps.path(_GROUP, "containerApps", _APP)
    environment = apps.environment(azure, _GROUP, "bench-env")
    template = {
        "containers": [apps.container("main", image.reference)],
        "scale": {"minReplicas": _REPLICAS, "maxReplicas": _REPLICAS},
        "revisionSuffix": "one",
    }
    apps.app(azure, where, environment, template)
    apps.revision_until(azure, where, "one", "RunningAtMaxScale")
    return where


def _curls(azure: LocalAzure, where: str) -> list[list[str | Path]]:
    """Return a command for each replica's stream."""
    address = f"{where}/revisions/{_APP}--one/replicas"
    listed = apps.good(azure.call("GET", address, None, apps.VERSION))["value"]
    token = apps.token(azure, where)
    return [
        [
            *("curl", "-sN", "--cacert", azure.ca, "-H", f"Authorization: Bearer {token}"),
            f"{one['properties']['containers'][0]['logStreamEndpoint']}?follow=true&tailLines=0",
        ]
        for one in listed
    ]


def _followed(
    commands: list[list[str | Path]], environment: dict[str, str]
) -> dict[str, list[float]]:
    """Return how late lines came, in milliseconds, by where they are from."""
    late: dict[str, list[float]] = {}
    processes = [
        subprocess.Popen(one, stdout=subprocess.PIPE, text=True, env=environment)
        for one in commands
    ]
    readers = [
        threading.Thread(target=_read, args=(one, str(number), late))
        for number, one in enumerate(processes)
    ]
    for reader in readers:
        reader.start()
    time.sleep(_SECONDS)
    for process in processes:
        process.terminate()
    for reader in readers:
        reader.join()
    for process in processes:
        process.wait()
    return late


def _read(process: subprocess.Popen[str], name: str, late: dict[str, list[float]]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        now = time.time()
        found = _WRITTEN.search(line)
        if found is None:
            continue
        source = name
        with contextlib.suppress(ValueError):
            source = str(json.loads(line).get("replica") or name)
        late.setdefault(source, []).append((now - float(found[1])) * 1000)


def _print(name: str, late: dict[str, list[float]]) -> None:
    all_late = sorted(one for own in late.values() for one in own[10:])
    cuts = statistics.quantiles(all_late, n=100)
    print(
        f"{name}: {len(all_late)} lines of {len(late)} replicas; p50 {cuts[49]:.0f} ms, p95"
        f" {cuts[94]:.0f} ms, p99 {cuts[98]:.0f} ms, latest {all_late[-1]:.0f} ms"
        " (target: under 300 ms)"
    )


if __name__ == "__main__":
    main()
