"""Plans and sites against recorded exchanges."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.azure.replaying import Replay, stories
from tests.local_azure import LocalAzure

_STORIES = {
    name: [one for one in told if not one["path"].startswith("https://")]
    for name, told in stories("web").items()
    if not name.startswith("Kudu")
}
_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}"
_PLAN = f"{_GROUP}/providers/Microsoft.Web/serverfarms/{{plan}}"
_SITE = f"{_GROUP}/providers/Microsoft.Web/sites/{{site}}"
_VERSION = "2023-01-01"
_DYNAMIC = {
    "location": "ukwest",
    "kind": "functionapp",
    "sku": {"name": "Y1", "tier": "Dynamic"},
    "properties": {"reserved": True},
}
_ALONE = {"app service plan", "plan not found", "name check", "delete an absent app"}
_MADE = "function app on Linux consumption"


@pytest.mark.parametrize("story", _STORIES)
def test_sites_answer_as_recorded(azure: LocalAzure, story: str) -> None:
    number = list(_STORIES).index(story)
    replay = Replay(azure, {"resourceGroup": f"web-{number}", "site": f"recorded-{number}"})
    replay.names["storageAccount"] = "something"
    if story == "app service plan":
        # The answer to a PUT repeats the size of a plan; here it answers like GET.
        replay.unlike.add("properties.sku")
    replay.do("PUT", _GROUP, {"location": "westus"})
    if story not in _ALONE:
        replay.do("PUT", _PLAN, _DYNAMIC, _VERSION)
    if story not in _ALONE | {_MADE, "plan delete"}:
        plan = replay.filled(_PLAN)
        made = {
            "location": "ukwest",
            "kind": "functionapp,linux",
            "properties": {"serverFarmId": plan, "reserved": True},
        }
        replay.do("PUT", _SITE, made, _VERSION)
    for exchange in _STORIES[story]:
        replay.tell(_today(exchange))


def _today(exchange: dict[str, Any]) -> dict[str, Any]:
    """Return a recorded site with the members that sites had in the latest recording."""
    body = exchange["response_body"]
    if not isinstance(body, dict) or body.get("type") != "Microsoft.Web/sites":
        return exchange
    latest = next(one for one in _STORIES[_MADE] if one["method"] == "GET")["response_body"]
    if "state" not in body["properties"]:
        return exchange
    properties = {**latest["properties"], **body["properties"]}
    config = {**latest["properties"]["siteConfig"], **body["properties"]["siteConfig"]}
    properties |= {"siteConfig": config, "inFlightFeatures": ["SiteContainers"]}
    return {**exchange, "response_body": {**body, "properties": properties}}
