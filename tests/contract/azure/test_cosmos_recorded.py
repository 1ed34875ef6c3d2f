"""Cosmos DB accounts and their parts against recorded exchanges."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.contract.azure.replaying import Replay, stories
from tests.local_azure import LocalAzure

_FAILED = "failed operation"  # of a restoration, which is not here
_STORIES = {name: told for name, told in stories("cosmosdb").items() if name != _FAILED}
_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}"
_ACCOUNT = f"{_GROUP}/providers/Microsoft.DocumentDB/databaseAccounts/{{account}}"
_VERSION = "2024-11-15"
_ALONE = {"serverless account", "provisioned account", "missing account"}
_PATIENCE_SECONDS = 20
_NEWER = (
    # Of API versions whose schemas are not at hand, and of features that are not here.
    *("enableMaterializedViews", "enablePriorityBasedExecution", "defaultPriorityLevel"),
    *("minMaxThresholdsForPriorityBasedExecution", "diagnosticLogSettings"),
    *("configurationOverrides", "resource.backupPolicy"),
    "resource.indexingPolicy.fullTextIndexes",
)


@pytest.mark.parametrize("story", _STORIES)
def test_accounts_answer_as_recorded(azure: LocalAzure, story: str) -> None:
    number = list(_STORIES).index(story)
    replay = Replay(azure, {"resourceGroup": f"cosmos-{number}", "account": f"cosmos-{number}"})
    replay.unlike |= {f"properties.{name}" for name in _NEWER}
    replay.do("PUT", _GROUP, {"location": "westus"})
    if story not in _ALONE and story != "name check":
        _make(replay)
    for exchange in _STORIES[story]:
        if story == "name check" and exchange["status"] == 200:
            _make(replay)
        _until_told(replay, exchange)
        replay.tell(exchange)


def _make(replay: Replay) -> None:
    """Make the account that a story takes for granted."""
    properties = {
        "databaseAccountOfferType": "Standard",
        "locations": [{"locationName": "westus", "failoverPriority": 0}],
    }
    replay.do("PUT", _ACCOUNT, {"location": "westus", "properties": properties}, _VERSION)
    replay.wait(_ACCOUNT, _VERSION)


def _until_told(replay: Replay, exchange: dict[str, Any]) -> None:
    """Wait until what goes on is as far as it was when the recorded request was sent."""
    if exchange["method"] != "GET" or not replay.followed:
        return
    is_poll = "{operationId}" in exchange["path"]
    wanted = exchange["response_body"]["status"] if is_poll else "Succeeded"
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while wanted not in {"Enqueued", _status(replay)}:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _status(replay: Replay) -> str:
    return str(replay.azure.call("GET", replay.followed, None, _VERSION)[2].get("status"))
