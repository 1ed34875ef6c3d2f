"""Storage accounts against recorded exchanges."""

from __future__ import annotations

import pytest
from tests.contract.azure.replaying import Replay, stories
from tests.local_azure import LocalAzure

_STORIES = stories("storage")
_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}"
_ACCOUNT = f"{_GROUP}/providers/Microsoft.Storage/storageAccounts/{{storageAccount}}"
_THERE = {
    "repeat PUT on an existing account": ("eastern", "eastus"),
    "blob container through ARM": ("western", "westus"),
    "regenerate key": ("western", "westus"),
    "file share ARM errors": ("western", "westus"),
}
"""Stories of an account that is there already: which one, and its region."""


@pytest.mark.parametrize("story", _STORIES)
def test_accounts_answer_as_recorded(azure: LocalAzure, story: str) -> None:
    account, location = _THERE.get(story, (f"account{list(_STORIES).index(story)}", "westus"))
    replay = Replay(azure, {"resourceGroup": f"storage-{account}", "storageAccount": account})
    replay.unlike |= {
        # There are no Data Lake and no web sites of accounts, so no addresses of them.
        "properties.primaryEndpoints.dfs",
        "properties.primaryEndpoints.web",
        "properties.secondaryEndpoints.dfs",
        "properties.secondaryEndpoints.web",
        # Blobs are not immutable here, which is refused.
        "properties.immutableStorageWithVersioning",
    }
    if story == "account errors":
        replay.names |= {"resourceGroup2": "storage-there", "storageAccount2": "nothing"}
        other = _GROUP.replace("{resourceGroup}", "{resourceGroup2}")
        replay.do("PUT", other, {"location": "westus"})
    else:
        replay.do("PUT", _GROUP, {"location": "westus"})
    if story in _THERE:
        body = {"location": location, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
        replay.do("PUT", _ACCOUNT, body, "2023-05-01")
        replay.wait(_ACCOUNT, "2023-05-01")
    for exchange in _STORIES[story]:
        replay.tell(exchange)
