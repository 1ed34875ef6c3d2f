"""A function run by hand: the trigger's value made from a person's text.

Queue functions get the text as their message, blob functions read the blob that the text names
(``container/path``), Event Grid functions get the event that it is, timer functions need none, HTTP
functions get the text as a POST body.
https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from funcyard.errors import UserError
from funcyard.host.bindings.expressions import json_data
from funcyard.host.event_grid import EventError, runs_of
from funcyard.host.invocation import Value

if TYPE_CHECKING:
    from funcyard.functions.model import Function
    from funcyard.host.storage import StorageAccounts

Trigger = tuple[Value, dict[str, Any], dict[str, str]]


class ManualInputError(UserError):
    """The text does not suit the function's trigger."""

    code = "bad-input"


async def trigger_for(function: Function, text: str, storage: StorageAccounts) -> Trigger:
    """Return the value, metadata and binding data that start the function.

    Raises:
        ManualInputError: The trigger cannot be made from the text.
    """
    trigger = function.trigger
    if trigger.type == "httpTrigger":
        head = {
            "m": "POST",
            "u": f"http://localhost/admin/functions/{function.name}",
            "h": {"content-type": "application/json"},
            "p": {},
            "q": {},
        }
        return Value("http", text.encode(), head), {}, {}
    if trigger.type == "timerTrigger":
        schedule = {"IsPastDue": False, "ScheduleStatus": {}, "Schedule": {"AdjustForDST": True}}
        return Value.json(json.dumps(schedule)), {}, {}
    if trigger.type == "queueTrigger":
        data = {**json_data(text), "queueTrigger": text}
        return Value.text(text), {"QueueTrigger": text, "DequeueCount": 1}, data
    if trigger.type == "eventGridTrigger":
        return _event(function, text)
    if trigger.type == "blobTrigger":
        return await _blob(function, text, storage)
    raise ManualInputError(f"{function.name}: {trigger.type} cannot run here yet")


def _event(function: Function, text: str) -> Trigger:
    try:
        runs = runs_of(function, text)
    except EventError as fault:
        raise ManualInputError(fault.message, hint=fault.hint) from fault
    if len(runs) != 1:
        raise ManualInputError(f"{function.name} is started by one event, not by {len(runs)}")
    return runs[0].value, dict(runs[0].metadata), dict(runs[0].data)


async def _blob(function: Function, text: str, storage: StorageAccounts) -> Trigger:
    from funcyard.host.bindings.blob import content_of  # noqa: PLC0415 - few apps have such a trigger

    container, _, name = text.strip("/").partition("/")
    if not name:
        raise ManualInputError(
            f"{function.name} is started by a blob", hint="name it as container/path"
        )
    connection = str(function.trigger.get("connection") or "AzureWebJobsStorage")
    client = storage.blobs(connection).get_blob_client(container, name)
    content = await content_of(client)
    if content is None:
        raise ManualInputError(f"there is no blob {text!r}")
    data = {"blobTrigger": text, "name": name.rsplit("/", 1)[-1]}
    return Value("bytes", content), {"BlobTrigger": text, "Uri": client.url}, data
