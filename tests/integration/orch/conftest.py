"""A container app that commands are about: a stand-in for Azure that answers as Microsoft's did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.azure_manager import APP, APP_ID, GROUP, SUBSCRIPTION, Answer, Manager, e16, managing
from tests.command_line import Done, funcyard

REPLICA = {
    "name": "orch-dev--ymv5b4u-abc-1",
    "properties": {
        "createdTime": "2026-11-22T08:00:00Z",
        "runningState": "Running",
        "containers": [
            {
                "name": "orch-dev",
                "containerId": "containerd://1",
                "ready": True,
                "started": True,
                "restartCount": 2,
                "runningState": "Running",
                "runningStateDetails": "",
            }
        ],
    },
}
LATEST = "orch-dev--ymv5b4u"


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    """An app on an E16 profile, whose image has its digest, with one replica."""
    answers = e16()
    app = answers[APP_ID.lower()].body["properties"]
    app["template"]["containers"][0]["image"] = f"haymaker.azurecr.io/orch@sha256:{'a' * 64}"
    answers[f"{APP_ID}/revisions/{LATEST}/replicas".lower()] = Answer(200, {"value": [REPLICA]})
    with managing(tmp_path, answers) as found:
        yield found


@pytest.fixture
def orch(manager: Manager, tmp_path: Path) -> Callable[..., Done]:
    """``funcyard orch`` about that app."""

    def run(*arguments: str, **variables: str) -> Done:
        named = {
            "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION,
            "AZURE_RESOURCE_GROUP": GROUP,
            "AZURE_CONTAINER_APP_NAME": APP,
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
        }
        return funcyard("orch", *arguments, given=b"", **manager.settings | named | variables)

    return run
