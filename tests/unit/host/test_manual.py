from __future__ import annotations

import pytest

from funcyard.functions.model import Binding, Function
from funcyard.host.manual import ManualInputError, trigger_for
from funcyard.host.storage import StorageAccounts


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "work: the events are not JSON"),
        ("hello", "work: the events are not JSON"),
        ("7", "work: an event is an object"),
        ("[{}, {}]", "work is started by one event, not by 2"),
        ("[]", "work is started by one event, not by 0"),
    ],
)
async def test_what_is_not_one_event_is_refused_before_anything_runs(text: str, why: str) -> None:
    trigger = Binding("event", "eventGridTrigger", "in")
    with pytest.raises(ManualInputError, match=why):
        await trigger_for(
            Function("work", "function_app.py", (trigger,)), text, StorageAccounts({})
        )
