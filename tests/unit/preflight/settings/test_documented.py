from __future__ import annotations

import json
from typing import Any

import pytest

from funcyard.preflight.settings.documented import Oddity, oddities

DOCUMENTED = """
{
  "$schema": "x", "version": "2.0", "functionTimeout": "00:05:00", "_comment": "x", "//": "x",
  "Logging": {"logLevel": {"default": "None"}, "applicationInsights": {"own": 1, "samplingSettings":
    {"isEnabled": true, "excludedTypes": "Request"}}, "console": {"isEnabled": true}},
  "extensionBundle": {"id": "x", "version": "[4.*, 5.0.0)"},
  "extensions": {
    "HTTP": {"routePrefix": "", "hsts": {"isEnabled": true}, "customHeaders": {"X-Any": "1"}},
    "cosmosDb": {"connectionMode": "Gateway"},
    "durableTask": {"hubName": "a", "storageProvider": {"type": "mssql", "own": 1}},
    "queues": {"batchSize": 1}, "myOwn": {"any": 1}, "mcp": {"any": 1}
  },
  "concurrency": {"dynamicConcurrencyEnabled": true}, "telemetryMode": "OpenTelemetry",
  "retry": {"strategy": "fixedDelay"}
}
"""


def test_what_is_documented_in_any_case_is_fine() -> None:
    assert list(oddities(json.loads(DOCUMENTED))) == []


@pytest.mark.parametrize(
    ("document", "odd"),
    [
        ({"http": {"routePrefix": ""}}, Oddity(("http",), instead="extensions.http")),
        ({"queues": {}}, Oddity(("queues",), instead="extensions.queues")),
        ({"eventHub": {}}, Oddity(("eventHub",), instead="extensions.eventHubs")),
        ({"tracing": {}}, Oddity(("tracing",), instead="logging.fileLoggingMode")),
        (
            {"logging": {"functionTimeout": "1"}},
            Oddity(("logging", "functionTimeout"), instead="functionTimeout"),
        ),
        (
            {"routePrefix": "v1"},
            Oddity(("routePrefix",), instead="extensions.http.routePrefix"),
        ),
        (
            {"extensions": {"maxConcurrentRequests": 1}},
            Oddity(
                ("extensions", "maxConcurrentRequests"),
                instead="extensions.http.maxConcurrentRequests",
            ),
        ),
        (
            {"extensions": {"durableTask": {"partitionCount": 4}}},
            Oddity(
                ("extensions", "durableTask", "partitionCount"),
                instead="extensions.durableTask.storageProvider.partitionCount",
            ),
        ),
        ({"functionTimeOuts": "1"}, Oddity(("functionTimeOuts",), close="functionTimeout")),
        (
            {"extensions": {"queues": {"batchsizes": 1}}},
            Oddity(("extensions", "queues", "batchsizes"), close="batchSize"),
        ),
        (
            {"extensions": {"serviceBuss": {}}},
            Oddity(("extensions", "serviceBuss"), close="serviceBus"),
        ),
        ({"whatever": 1}, Oddity(("whatever",))),
    ],
)
def test_what_is_not_is_told_with_where_it_belongs(document: dict[str, Any], odd: Oddity) -> None:
    assert list(oddities(document)) == [odd]
