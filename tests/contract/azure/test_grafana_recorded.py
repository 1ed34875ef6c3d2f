"""Managed Grafana: instances and their HTTP API, against recorded exchanges."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.contract.azure.replaying import Replay, stories
from tests.integration.emulator.grafanas import ADMIN, Grafana, instance
from tests.integration.emulator.twins import assign, group
from tests.local_azure import LocalAzure

_STORIES = stories("grafana")
_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}"
_VERSION = "2023-09-01"
_LIFE = "create, update, delete"
# What is null in some answers and left out of others is left out here of all.
_NULLS = {
    "properties.privateEndpointConnections",
    "properties.outboundIPs",
    "properties.enterpriseConfigurations",
    "properties.grafanaPlugins",
}
_SIGNED = "&t={t}&c={c}&s={s}&h={h}"


def test_instances_answer_as_recorded(azure: LocalAzure) -> None:
    replay = Replay(azure, {"resourceGroup": "grafana-life", "grafana": "recorded"})
    replay.do("PUT", _GROUP, {"location": "westcentralus"})
    told = json.loads(json.dumps(_STORIES[_LIFE]).replace(_SIGNED, ""))
    for exchange in told:
        replay.unlike = set(_NULLS) if exchange["method"] in {"PUT", "PATCH"} else set()
        if (exchange["response_body"] or {}).get("status") == "Succeeded":
            _wait(replay)
        replay.tell(exchange)


def _wait(replay: Replay) -> None:
    """Wait until the last change has ended."""
    deadline = time.monotonic() + 20
    while replay.do("GET", replay.followed, None, _VERSION)["status"] != "Succeeded":
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def grafana(azure: LocalAzure) -> Iterator[Grafana]:
    assign(azure, group(azure, "grafana-api"), ADMIN, azure.issuer.application_id)
    made = Grafana(azure, instance(azure, "grafana-api", "grafana-api"))
    yield made
    made.close()


@pytest.mark.parametrize("story", ["service accounts", "data plane"])
def test_its_api_answers_as_recorded(grafana: Grafana, story: str) -> None:
    renamed: dict[str, str] = {}
    for exchange in _STORIES[story]:
        if not exchange["path"].startswith("https://"):
            continue
        text = json.dumps({"path": exchange["path"], "body": exchange["request_body"]})
        for recorded, own in renamed.items():
            text = text.replace(recorded, own)
        asked = json.loads(text)
        path = "/" + asked["path"].removeprefix("https://").partition("/")[2]
        status, answered = grafana.call(exchange["method"], path, asked["body"])
        assert status == exchange["status"], answered
        _hold(exchange["response_body"], answered, path)
        renamed |= _names(exchange["response_body"], answered)


def _names(recorded: Any, answered: Any) -> dict[str, str]:  # noqa: ANN401 - JSON
    """Return what the things that were made here are called there."""
    if not isinstance(recorded, dict):
        return {}
    found = {}
    if recorded.get("uid") and len(recorded["uid"]) < 20:
        found[recorded["uid"]] = answered["uid"]
    if "login" in recorded and "serviceaccount" not in recorded:
        found[f"/serviceaccounts/{recorded['id']}"] = f"/serviceaccounts/{answered['id']}"
    if "key" in recorded:
        found[f"/tokens/{recorded['id']}"] = f"/tokens/{answered['id']}"
    if "datasource" in recorded:
        found[f"/datasources/{recorded['id']}"] = f"/datasources/{answered['id']}"
    return found


def _hold(recorded: Any, answered: Any, where: str) -> None:  # noqa: ANN401 - JSON
    """Hold an answer against a recorded one: the members and their kinds, and every word."""
    if isinstance(recorded, int | float) and not isinstance(recorded, bool):
        assert isinstance(answered, int | float), where
        return
    assert type(answered) is type(recorded), f"{where}: {answered}"
    if isinstance(recorded, dict):
        assert answered.keys() == recorded.keys(), where
        for name, value in recorded.items():
            _hold(value, answered[name], f"{where}.{name}")
            if name in {"message", "title", "slug", "status", "role", "type", "isDisabled"}:
                assert answered[name] == value, f"{where}.{name}"
    elif isinstance(recorded, list):
        assert bool(answered) == bool(recorded), where
        for one, other in zip(recorded, answered, strict=False):
            _hold(one, other, where)
