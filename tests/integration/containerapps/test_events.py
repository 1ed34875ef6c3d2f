"""Events of an app, which are told besides whatever somebody asked for."""

from __future__ import annotations

import json
from pathlib import Path

from tests.azure_manager import APP_ID, TOKEN, Answer, managing

from funcyard.azure.cloud import cloud_of
from funcyard.azure.container_apps import CONTAINER_APP, ContainerApps
from funcyard.azure.credentials import credential, identity_of
from funcyard.azure.patience import Patience
from funcyard.azure.resource_ids import read_resource_id
from funcyard.containerapps.event_stream import past_events
from funcyard.containerapps.models import App

_APP = read_resource_id(APP_ID, CONTAINER_APP)
_STREAM = "/subscriptions/events"


async def test_events_of_a_busy_azure_take_no_time_from_what_was_asked_for(tmp_path: Path) -> None:
    event = {"Type": "Normal", "Msg": "started", "Reason": "Started", "ContainerAppName": "orch"}
    with managing(tmp_path, {}) as manager:
        token = {"properties": {"token": TOKEN, "expires": "2026-11-22T12:00:00Z"}}
        manager.answers[f"POST {APP_ID.lower()}/getauthtoken"] = Answer(200, token)
        busy = Answer(503, {"error": {"code": "Busy"}}, {"x-ms-retry-after-ms": "200"})
        manager.answers[_STREAM] = busy
        manager.then[_STREAM] = [busy, Answer(200, json.dumps(event))]
        app = App(APP_ID, "orch", event_stream=manager.settings["AZURE_AUTHORITY_HOST"] + _STREAM)
        cloud = cloud_of(manager.settings)
        told: list[str] = []
        patience = Patience(0.3, told.append)
        async with (
            credential(identity_of(manager.settings), cloud) as token_of,
            ContainerApps(token_of, cloud, _APP.subscription, patience) as client,
        ):
            found = await past_events(client, cloud, _APP, app, patience=5)

            assert [one.message for one in found] == ["started"]
            assert await patience.wait(1, 0.25, "busy")
            assert told == []
