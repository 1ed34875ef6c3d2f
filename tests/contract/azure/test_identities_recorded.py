"""Managed identities and what federates with them, against recorded exchanges."""

from __future__ import annotations

import pytest
from tests.contract.azure.replaying import Replay, stories
from tests.local_azure import LocalAzure

_STORIES = stories("identity")
_GROUP = "/subscriptions/{subscriptionId}/resourcegroups/{resourceGroup}"
_TAGS = {"product": "azurecli", "cause": "automation", "date": "2023-03-13T11:09:47Z"}


@pytest.mark.parametrize("story", _STORIES)
def test_identities_answer_as_recorded(azure: LocalAzure, story: str) -> None:
    replay = Replay(azure, {"resourceGroup": story.replace(" ", "-")})
    replay.do("PUT", _GROUP, {"location": "eastus2euap", "tags": _TAGS})
    for exchange in _STORIES[story]:
        replay.tell(exchange)
