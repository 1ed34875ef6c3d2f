"""Roles and their assignments against recorded exchanges."""

from __future__ import annotations

import json

from tests.contract.azure.replaying import Replay, stories
from tests.local_azure import LocalAzure

_STORIES = stories("roles")
_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}"
_ROLES = "/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/roleDefinitions"
_MONITORING_READER = "43d0d8ad-25c7-4714-9337-8ba259a9fe05"


def _as(replay: Replay, story: str, **names: str) -> None:
    """Tell a story with somebody known here for a placeholder."""
    text = json.dumps(_STORIES[story])
    for placeholder, name in names.items():
        text = text.replace(f"00000000-0000-4000-8000-{placeholder[1:]:0>12}", name)
    for exchange in json.loads(text):
        replay.tell(exchange)


def _identity(replay: Replay) -> str:
    """Return the object id of a new identity."""
    path = f"{_GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/somebody"
    made = replay.do("PUT", path, {"location": "westus"}, "2023-01-31")
    found: str = made["properties"]["principalId"]
    return found


def test_an_assignment_is_made_updated_and_deleted(azure: LocalAzure) -> None:
    replay = Replay(azure, {"resourceGroup": "roles-life"})
    replay.do("PUT", _GROUP, {"location": "westus"})
    # Two names stand for the same assignment: the recorder counted ids anew in each exchange.
    same = "10000000-0000-4000-8000-000000000001"
    _as(replay, "role assignment create, update, delete", _1=same, _4=same)


def test_who_somebody_is_is_compared(azure: LocalAzure) -> None:
    replay = Replay(azure, {"resourceGroup": "roles-type"})
    replay.do("PUT", _GROUP, {"location": "westus"})
    _as(replay, "principal type mismatch", _2=_identity(replay))


def test_assignments_are_listed_and_deleted(azure: LocalAzure) -> None:
    replay = Replay(azure, {"resourceGroup": "roles-list"})
    replay.do("PUT", _GROUP, {"location": "westus"})
    somebody = _identity(replay)
    made = "10000000-0000-4000-8000-000000000003"
    body = {"roleDefinitionId": f"{_ROLES}/{_MONITORING_READER}", "principalId": somebody}
    replay.do(
        "PUT",
        f"/subscriptions/{{subscriptionId}}/providers/Microsoft.Authorization/roleAssignments/{made}",
        {"properties": body},
        "2022-04-01",
    )
    _as(replay, "list at a scope, delete", _1=somebody, _3=made)
