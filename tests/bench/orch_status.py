"""How long ``funcyard orch status`` takes as a whole process, of an app in a local Azure.

Its peer asks the same of the same app by Microsoft's client alone (``orch_peer``), one question
after another, and prints what it gets. In turn.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

from tests import local_azure
from tests.bench.machinery import ROOT, print_ratio, timed
from tests.e2e.running import FUNCYARD
from tests.integration.emulator import containerapps as apps
from tests.integration.emulator.twins import group

_ROUNDS = 10
_GROUP = "bench"
_APP = "bench-app"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as text:
        azure = local_azure.start(Path(text) / "kept", "--scale", "100")
        try:
            _made(azure)
            names = {"AZURE_RESOURCE_GROUP": _GROUP, "AZURE_CONTAINER_APP_NAME": _APP}
            os.environ.update({**azure.settings, **names, "XDG_CONFIG_HOME": text})
            _measured(Path(text))
        finally:
            azure.end()


def _made(azure: local_azure.LocalAzure) -> None:
    group(azure, _GROUP)
    environment = apps.environment(azure, _GROUP, "bench-env", apps.profile("E16", 0, 1))
    where = apps.path(_GROUP, "containerApps", _APP)
    template = {
        "containers": [apps.container()],
        "scale": {"minReplicas": 1, "maxReplicas": 1},
        "revisionSuffix": "one",
    }
    apps.app(azure, where, environment, template)
    apps.revision_until(azure, where, "one", "RunningAtMaxScale")


def _measured(folder: Path) -> None:
    ours: list[str | Path] = [FUNCYARD, "orch", "status", "--json"]
    peer: list[str | Path] = [sys.executable, ROOT / "tests" / "bench" / "orch_peer.py"]
    timed(ours, folder)
    timed(peer, folder)
    seconds: list[tuple[float, float]] = [
        (timed(ours, folder), timed(peer, folder)) for _ in range(_ROUNDS)
    ]
    print_ratio(
        "orch status",
        statistics.median(one for one, _ in seconds) * 1000,
        "azure-mgmt-appcontainers",
        statistics.median(other for _, other in seconds) * 1000,
        target="under 1,000 ms",
        unit=" ms",
    )


if __name__ == "__main__":
    main()
