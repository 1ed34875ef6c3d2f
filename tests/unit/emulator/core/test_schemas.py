"""Bodies held against the official schemas that are shipped."""

from __future__ import annotations

from typing import Any

import pytest

from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.core.schemas import schema_of

_ACCOUNT = "Microsoft.Storage/storageAccounts"
_GOOD: dict[str, Any] = {"location": "westus", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}


def _refused(body: object) -> str:
    with pytest.raises(ArmError) as refused:
        schema_of(_ACCOUNT).check(body)
    return refused.value.message


def test_what_a_type_takes_is_taken() -> None:
    properties = {"accessTier": "cool", "supportsHttpsTrafficOnly": True, "minimumTlsVersion": None}
    schema_of(_ACCOUNT).check({**_GOOD, "tags": {"a": "b"}, "properties": properties})


def test_a_misspelled_property_is_refused_with_its_path() -> None:
    told = _refused({**_GOOD, "properties": {"networkAcls": {"defaultAktion": "Deny"}}})
    assert "properties.networkAcls.defaultAktion" in told


def test_an_item_of_a_list_is_named_by_its_number() -> None:
    rules = {"defaultAction": "Deny", "ipRules": [{"value": "1.2.3.4"}, {"value": 5}]}
    assert "ipRules[1].value" in _refused({**_GOOD, "properties": {"networkAcls": rules}})


def test_an_item_of_a_list_is_something() -> None:
    rules = {"defaultAction": "Deny", "ipRules": [{"value": "1.2.3.4"}, None]}
    assert "ipRules[1]" in _refused({**_GOOD, "properties": {"networkAcls": rules}})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": "StorageV3"}, "kind"),
        ({"kind": 3}, "kind"),
        ({"sku": {}}, "name"),
        ({"properties": {"supportsHttpsTrafficOnly": "yes"}}, "supportsHttpsTrafficOnly"),
        ({"properties": {"sasPolicy": {"sasExpirationPeriod": "1"}}}, "expirationAction"),
    ],
)
def test_a_bad_value_is_refused(change: dict[str, Any], told: str) -> None:
    assert told in _refused({**_GOOD, **change})


def test_a_patch_need_not_say_everything() -> None:
    role = schema_of("Microsoft.Authorization/roleAssignments")
    role.check({"properties": {"description": "only this"}}, is_patch=True)
    for body in ({}, {"properties": {"roleDefinitionId": "r"}}):
        with pytest.raises(ArmError, match="principalId"):
            role.check(body)


def test_what_answers_hold_may_come_back() -> None:
    body = {**_GOOD, "id": "/x", "type": "y", "properties": {"provisioningState": "Succeeded"}}
    schema_of(_ACCOUNT).check(body, passed_over={"properties.provisioningState"})
    assert "provisioningState" in _refused(body)
