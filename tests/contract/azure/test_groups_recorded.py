"""Resource groups against exchanges with Azure that Microsoft recorded."""

from __future__ import annotations

import pytest
from tests.contract.azure.replaying import Replay, stories
from tests.local_azure import LocalAzure

_STORIES = stories("groups")
_GROUP = "/subscriptions/{subscriptionId}/resourcegroups/{resourceGroup}"
_THERE = {"resource group lifecycle", "delete without wait"}
_TAGS = {"product": "azurecli", "cause": "automation", "date": "2023-02-07T11:22:45Z"}


@pytest.mark.parametrize("story", _STORIES)
def test_groups_answer_as_recorded(azure: LocalAzure, story: str) -> None:
    replay = Replay(azure, {"resourceGroup": story.replace(" ", "-")})
    if story in _THERE:
        replay.do("PUT", _GROUP, {"location": "westus", "tags": _TAGS})
    for exchange in _STORIES[story]:
        replay.tell(exchange)
