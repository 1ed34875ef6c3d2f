"""Whatever is put as a workflow's definition is taken or refused; nothing fails on it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from tests.unit.emulator.odd_documents import changed

from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.logic.definition import definition_of

_DEFINITION = {
    "$schema": "https://x/2016-06-01/workflowdefinition.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {"word": {"type": "String", "defaultValue": "x"}},
    "triggers": {"manual": {"type": "Request", "inputs": {"schema": {}, "method": "POST"}}},
    "actions": {
        "call": {
            "type": "Http",
            "inputs": {"method": "POST", "uri": "https://x", "body": "@triggerBody()?['x']"},
        },
        "answer": {
            "type": "Response",
            "inputs": {"statusCode": 200, "body": "@{body('call')} @{parameters('word')}"},
            "runAfter": {"call": ["Succeeded"]},
        },
    },
}


@given(definition=changed(_DEFINITION))
def test_a_definition_is_taken_or_refused(definition: Any) -> None:  # noqa: ANN401 - JSON
    if not isinstance(definition, dict):
        return
    try:
        found = definition_of(definition, {})
    except ArmError as refused:
        assert (refused.status, refused.code) == (400, "InvalidTemplate")  # noqa: PT017 - whichever
        return
    assert {one.type for one in found.actions} <= {"Http", "Response"}
