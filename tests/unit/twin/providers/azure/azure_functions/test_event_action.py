"""What is done for an event, and what is told of it."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

from funcyard.twin.contract import settings as s
from funcyard.twin.contract.info import EventInfo, TwinInfo
from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
from funcyard.twin.providers.azure.azure_functions.shared.services import Services

_ACTION = importlib.import_module(
    "funcyard.twin.providers.azure.azure_functions.event-action.event_action"
)


@pytest.mark.parametrize(
    ("name", "returned", "told"),
    [
        ("plain", "{'sent': 2}", {"sent": 2}),
        ("nothing", "None", None),
        ("odd", "{1, 2}", "set"),
        ("endless", "float('inf')", "float"),
    ],
)
async def test_what_was_done_does_not_fail_by_what_the_code_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, returned: str, told: object
) -> None:
    code = tmp_path / "event_actions" / name
    code.mkdir(parents=True)
    (code / "process.py").write_text(f"def process(event):\n    return {returned}\n")
    monkeypatch.setattr(_ACTION, "__file__", str(tmp_path / "event_action.py"))
    event = EventInfo("d.a > DOUBLE(1)", "function", name)
    info = TwinInfo("n", debug=False, hot_days=1, cold_days=2, clouds={}, events=(event,))
    asked = Asked({"iotDeviceId": "d", "a": 2}, {"name": name})

    answered = await _ACTION.answer(asked, Services({s.INFO: info.write()}))

    assert json.loads(json.dumps(answered, allow_nan=False)) == {"action": name, "result": told}
