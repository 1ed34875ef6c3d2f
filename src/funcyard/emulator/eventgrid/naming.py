"""Names that all of Microsoft.EventGrid shares: its types, its versions, its operations."""

from __future__ import annotations

from typing import Final

TOPIC: Final = "Microsoft.EventGrid/topics"
SYSTEM_TOPIC: Final = "Microsoft.EventGrid/systemTopics"
EXTENSION: Final = "Microsoft.EventGrid/eventSubscriptions"
OF_TOPIC: Final = f"{TOPIC}/eventSubscriptions"
OF_SYSTEM_TOPIC: Final = f"{SYSTEM_TOPIC}/eventSubscriptions"
SUBSCRIPTIONS: Final = (EXTENSION, OF_TOPIC, OF_SYSTEM_TOPIC)
"""The three types of subscriptions: on any scope, on a topic, on a system topic."""

VERSIONS: Final = ("2025-02-15", "2022-06-15", "2021-12-01", "2020-06-01")
RESULT_PATH: Final = (
    "/subscriptions/SUBSCRIPTION/providers/Microsoft.EventGrid/locations/LOCATION"
    "/operationResults/ID"
)
STATUS_PATH: Final = RESULT_PATH.replace("operationResults", "operationsStatus")

EVENT_GRID: Final = "EventGridSchema"
CLOUD_EVENTS: Final = "CloudEventSchemaV1_0"
CUSTOM: Final = "CustomEventSchema"

GLOBAL: Final = "global"
SECONDS: Final = 5
"""How long a change takes Azure, and how long one waits before asking again."""
