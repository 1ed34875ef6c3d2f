"""Metrics of container apps in the local Azure, read by azure-mgmt-monitor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.monitor import MonitorManagementClient
from tests.integration.emulator.containerapps import (
    VERSION,
    app,
    environment,
    path,
    revision_until,
    running,
    until,
)
from tests.integration.emulator.twins import assign, group
from tests.local_azure import MANAGER, LocalAzure

_GROUP = "metrics"
_APP = path(_GROUP, "containerApps", "measured")
_HELD = 40 * 2**20
_PROGRAM = f"""
import signal, time
signal.signal(signal.SIGTERM, lambda *told: exit(0))
held = bytearray({_HELD})
while True:
    for _ in range(20000):
        pass
    time.sleep(0.05)
"""
_TWO = {"minReplicas": 2, "maxReplicas": 2}
_IDENTITY = path(_GROUP, "userAssignedIdentities", "reader").replace("App/", "ManagedIdentity/")
_MONITORING_READER = "43d0d8ad-25c7-4714-9337-8ba259a9fe05"
_SHORT = (("containerApps", "short-lived"), ("managedEnvironments", "shared"))
_EACH = {"cpu": 0.5, "memory": "1Gi"}


@pytest.fixture(scope="module")
def azure(apps_azure: LocalAzure) -> LocalAzure:
    """A local Azure with an app of two replicas that hold memory and use some of a processor."""
    group(apps_azure, _GROUP)
    shared = environment(apps_azure, _GROUP, "shared")
    containers = [{**running(_PROGRAM), "resources": _EACH}]
    template = {"containers": containers, "scale": _TWO, "revisionSuffix": "one"}
    app(apps_azure, _APP, shared, template)
    revision_until(apps_azure, _APP, "one", "RunningAtMaxScale")
    return apps_azure


def _client(azure: LocalAzure) -> MonitorManagementClient:
    return azure.client(MonitorManagementClient)


def _asked(azure: LocalAzure, names: str, **more: Any) -> list[Any]:  # noqa: ANN401 - the client's
    return _values(azure, _APP, names, **more)


def _values(azure: LocalAzure, where: str, names: str, **more: Any) -> list[Any]:  # noqa: ANN401 - as above
    now = datetime.now(UTC)
    start, end = (now + timedelta(minutes=one) for one in (-5, 1))
    span = f"{start:%Y-%m-%dT%H:%M:%SZ}/{end:%Y-%m-%dT%H:%M:%SZ}"
    listed = _client(azure).metrics.list(where, metricnames=names, timespan=span, **more)
    return list(listed.value)


def _last(series: Any, word: str) -> float:  # noqa: ANN401 - the client's
    told: list[float | None] = [getattr(one, word) for one in series.data]
    return [one for one in told if one is not None][-1]


def test_each_replica_tells_what_its_processes_use(azure: LocalAzure) -> None:
    both = "revisionName eq '*' and podName eq '*'"
    cpu, memory = until(
        lambda: _asked(azure, "UsageNanoCores,WorkingSetBytes", filter=both, top=5),
        lambda found: (
            len(found[0].timeseries) == 2
            and all(_last(one, "average") > 0 for one in found[0].timeseries)
            and all(_last(one, "average") > _HELD for one in found[1].timeseries)
        ),
    )

    assert (cpu.unit, cpu.name.value) == ("NanoCores", "UsageNanoCores")
    assert all(_last(one, "average") < 2e9 for one in cpu.timeseries)
    held = [_last(one, "average") for one in memory.timeseries]
    assert all(one < 4 * _HELD for one in held), held
    names = [
        {found.name.value: found.value for found in one.metadatavalues} for one in memory.timeseries
    ]
    assert [one["revisionname"] for one in names] == ["measured--one"] * 2
    assert len({one["podname"] for one in names}) == 2


def test_replicas_are_told_together_where_nothing_tells_them_apart(azure: LocalAzure) -> None:
    words = "average,total,count,maximum"
    names = "Replicas,RestartCount,WorkingSetBytes,MemoryPercentage"
    replicas, restarts, memory, share = _asked(azure, names, aggregation=words, interval="FULL")

    assert [len(one.timeseries) for one in (replicas, restarts, memory, share)] == [1] * 4
    assert _last(replicas.timeseries[0], "maximum") == 2
    (usual,) = _asked(azure, "Replicas")
    assert _last(usual.timeseries[0], "maximum") == 2
    assert all(one.average is None for one in usual.timeseries[0].data)
    assert _last(restarts.timeseries[0], "total") == 0
    (point,) = memory.timeseries[0].data
    assert point.average == pytest.approx(point.total / point.count)
    part = _last(share.timeseries[0], "average")
    assert part == pytest.approx(point.average / 2**30 * 100)


def test_one_replica_can_be_asked_for(azure: LocalAzure) -> None:
    (both,) = _asked(azure, "CpuPercentage", filter="podName eq '*'", result_type="Metadata")
    names = [one.metadatavalues[0].value for one in both.timeseries]
    assert all(one.data is None for one in both.timeseries)
    address = f"{_APP}/providers/Microsoft.Insights/metrics?api-version=2024-02-01"
    _, _, body = azure.call("GET", f"{address}&resultType=metadata")
    assert set(body) == {"timespan", "value", "namespace", "resourceregion"}

    wanted = f"podName eq '{names[1]}'"
    (found,) = _asked(azure, "CpuPercentage", filter=wanted, aggregation="Maximum")
    (series,) = found.timeseries
    assert series.metadatavalues[0].value == names[1]
    (first,) = _asked(azure, "CpuPercentage", filter="podName eq '*'", top=1)[0].timeseries
    assert first.metadatavalues[0].value in names


def test_a_time_without_values_is_told_as_microsoft_recorded_it(azure: LocalAzure) -> None:
    # Recorded by the Azure CLI, which quotes the timespan twice; the metrics are another type's.
    span = "2018-01-01T00%253A00%253A00%252B00%253A00%252F2999-01-01T00%253A00%253A00%252B00%253A00"
    asked = f"timespan={span}&interval=PT1M&metricnames=UsageNanoCores%2CReplicas&top=10"
    address = f"{_APP}/providers/Microsoft.Insights/metrics?{asked}&api-version=2018-01-01"
    _, _, body = azure.call("GET", address)

    value = body.pop("value")
    assert body == {
        "cost": 89278,
        "timespan": "2998-12-01T00:00:00Z/2999-01-01T00:00:00Z",
        "interval": "PT1M",
        "namespace": "Microsoft.App/containerApps",
        "resourceregion": "eastus",
    }
    assert value[1] == {
        "id": f"{_APP}/providers/Microsoft.Insights/metrics/Replicas",
        "type": "Microsoft.Insights/metrics",
        "name": {"value": "Replicas", "localizedValue": "Replica Count"},
        "displayDescription": "Number of replicas count of container app",
        "unit": "Count",
        "timeseries": [],
        "errorCode": "Success",
    }


def test_what_can_be_asked_is_told(azure: LocalAzure) -> None:
    found: list[Any] = list(_client(azure).metric_definitions.list(_APP))
    listed = {one.name.value: one for one in found}

    assert set(listed) == {
        "UsageNanoCores",
        "WorkingSetBytes",
        "Replicas",
        "RestartCount",
        "CpuPercentage",
        "MemoryPercentage",
    }
    replicas = listed["Replicas"]
    assert [one.value for one in replicas.dimensions] == ["revisionName"]
    assert replicas.primary_aggregation_type == "Maximum"
    assert replicas.namespace == "Microsoft.App/containerApps"
    assert replicas.metric_availabilities[0].time_grain == timedelta(minutes=1)

    address = f"{_APP}/providers/Microsoft.Insights/metricDefinitions?api-version=2024-02-01"
    _, _, body = azure.call("GET", f"{address}&MetricNamespace=microsoft.app/containerapps")
    assert {one["namespace"] for one in body["value"]} == {"microsoft.app/containerapps"}
    status, _, body = azure.call("GET", f"{address}&metricnamespace=Microsoft.Web/sites")
    assert (status, body["code"]) == (400, "BadRequest")


@pytest.mark.parametrize(
    ("names", "more", "said"),
    [
        (
            "Nonsense",
            {},
            "resource Type: containerApps, metric: Nonsense, Valid metrics: UsageNanoCores,",
        ),
        ("Replicas", {"interval": "PT3M"}, "Invalid time grain duration: PT3M, supported ones"),
        (
            "Replicas",
            {"filter": "podName eq '*'"},
            "combination: podname, supported ones are: revisionName, TraceId: {",
        ),
    ],
)
def test_what_azure_does_not_know_is_refused_in_its_words(
    azure: LocalAzure, names: str, more: dict[str, str], said: str
) -> None:
    with pytest.raises(HttpResponseError) as refused:
        _asked(azure, names, **more)

    assert refused.value.status_code == 400
    assert refused.value.error is not None
    assert refused.value.error.code == "BadRequest"
    assert said in str(refused.value)


def test_a_resource_that_is_not_there_or_has_no_metrics_here_is_refused(azure: LocalAzure) -> None:
    asked = "providers/Microsoft.Insights/metrics?api-version=2024-02-01"
    status, _, body = azure.call("GET", f"{_APP}-not/{asked}")
    assert (status, body["error"]["code"]) == (404, "ResourceNotFound")
    status, _, body = azure.call("GET", f"{path(_GROUP, 'managedEnvironments', 'shared')}/{asked}")
    assert (status, body["code"]) == (400, "BadRequest")
    status, _, body = azure.call("GET", f"{path('nobodys', 'containerApps', 'app')}/{asked}")
    assert (status, body["error"]["code"]) == (404, "ResourceGroupNotFound")
    for one in (asked, asked.replace("metrics", "metricDefinitions")):
        status, _, body = azure.call("GET", f"{_APP}/{one[:-10]}2017-01-01")
        assert (status, body["error"]["code"]) == (400, "InvalidApiVersionParameter")


def test_an_app_has_no_values_of_one_that_had_its_name(azure: LocalAzure) -> None:
    where, shared = (path(_GROUP, *one) for one in _SHORT)
    containers = [{**running(_PROGRAM), "resources": _EACH}]
    template = {"containers": containers, "scale": {"minReplicas": 1}, "revisionSuffix": "one"}

    def made() -> set[str]:
        app(azure, where, shared, template)
        (found,) = until(
            lambda: _values(azure, where, "CpuPercentage", filter="podName eq '*'"),
            lambda found: found[0].timeseries,
        )
        return {one.metadatavalues[0].value for one in found.timeseries}

    before = made()
    assert azure.call("DELETE", where, None, VERSION)[0] == 202
    until(lambda: azure.call("GET", where, None, VERSION)[0], lambda status: status == 404)
    assert made().isdisjoint(before)


def test_metrics_are_for_who_may_read_them(azure: LocalAzure) -> None:
    reader = azure.call("PUT", _IDENTITY, {"location": "westeurope"}, "2023-01-31")[2]["properties"]
    principal = reader["principalId"]
    somebody = azure.issuer.identity_token(MANAGER, reader["clientId"], principal)
    asked = f"{_APP}/providers/Microsoft.Insights/metrics?api-version=2024-02-01"
    status, _, body = azure.ask("GET", asked, token=somebody)
    assert (status, body["error"]["code"]) == (403, "AuthorizationFailed")
    assert "'Microsoft.Insights/metrics/read'" in body["error"]["message"]

    assign(azure, _APP, _MONITORING_READER, principal)
    status, _, _ = azure.ask("GET", asked, token=somebody)
    assert status == 200
