"""Workspaces of Log Analytics, against recorded exchanges."""

from __future__ import annotations

import pytest
from tests.contract.azure.replaying import Replay, stories
from tests.local_azure import LocalAzure

_STORIES = stories("loganalytics")
_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}"


@pytest.mark.parametrize("story", _STORIES)
def test_workspaces_answer_as_recorded(azure: LocalAzure, story: str) -> None:
    group = f"lines-{len(story)}"
    replay = Replay(azure, {"resourceGroup": group, "workspace": f"{group}-space"})
    replay.do("PUT", _GROUP, {"location": "westus"})
    for exchange in _STORIES[story]:
        if exchange["method"] == "GET" and exchange["status"] == 200:
            replay.wait(exchange["path"], exchange["api_version"])
        replay.tell(exchange)
