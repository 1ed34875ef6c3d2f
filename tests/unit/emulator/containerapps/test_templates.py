"""Templates of apps: completed as Azure does, and refused where they mean nothing."""

from __future__ import annotations

from typing import Any

import pytest

from funcyard.emulator.containerapps import resources, templates
from funcyard.emulator.containerapps.profiles import TYPES
from funcyard.emulator.core.errors import ArmError

_PROBE = {"type": "Startup", "tcpSocket": {"port": 80}}
_CONTAINER = {"name": "main", "image": "some/image:1"}


def _completed(**more: Any) -> Any:  # noqa: ANN401 - JSON
    return templates.of_app({"containers": [_CONTAINER], **more}, "app")


def test_what_is_left_out_is_what_azure_fills_in() -> None:
    made = _completed()
    assert made["containers"][0]["resources"] == {
        "cpu": 0.5,
        "memory": "1Gi",
        "ephemeralStorage": "2Gi",
    }
    assert (made["scale"]["minReplicas"], made["scale"]["maxReplicas"]) == (None, 10)


def test_templates_that_mean_the_same_are_the_same() -> None:
    given: dict[str, Any] = {
        **_CONTAINER,
        "resources": {"cpu": 0.5, "memory": "1.0Gi"},
        "env": [],
        "args": None,
    }
    written = templates.of_app({"containers": [given], "revisionSuffix": "one"}, "app")
    assert templates.fingerprint(written) == templates.fingerprint(_completed())
    other = templates.of_app({"containers": [{**given, "args": ["-v"]}]}, "app")
    assert templates.fingerprint(other) != templates.fingerprint(_completed())


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"containers": []}, "template.containers"),
        ({"containers": [{"name": "main"}]}, "template.containers.main.image"),
        ({"containers": [{"name": "Main", "image": "i"}]}, "template.containers.name"),
        ({"initContainers": [_CONTAINER]}, "template.containers.name"),
        ({"scale": {"minReplicas": 11}}, "template.scale.minReplicas"),
        ({"scale": {"maxReplicas": 0}}, "template.scale.maxReplicas"),
        ({"revisionSuffix": "a--b"}, "template.revisionSuffix"),
        ({"containers": [{**_CONTAINER, "probes": [{"type": "Life"}]}]}, "probes"),
        ({"containers": [{**_CONTAINER, "probes": [{"type": "Startup"}]}]}, "probes"),
        ({"containers": [{**_CONTAINER, "probes": [{**_PROBE, "periodSeconds": 0}]}]}, "probes"),
        ({"terminationGracePeriodSeconds": -1}, "template.terminationGracePeriodSeconds"),
        ({"scale": {"cooldownPeriod": -1}}, "template.scale.cooldownPeriod"),
        ({"containers": [{**_CONTAINER, "resources": {"memory": "1G"}}]}, "resources.memory"),
        ({"containers": [{**_CONTAINER, "volumeMounts": [{"volumeName": "v"}]}]}, "volumeMounts"),
        (
            {
                "containers": [
                    {**_CONTAINER, "volumeMounts": [{"volumeName": "v", "mountPath": "files"}]}
                ],
                "volumes": [{"name": "v"}],
            },
            "volumeMounts",
        ),
    ],
)
def test_what_means_nothing_is_refused_with_its_field(given: dict[str, Any], field: str) -> None:
    with pytest.raises(ArmError) as refused:
        _completed(**given)
    assert refused.value.code == "InvalidParameterValueInContainerTemplate"
    assert field in refused.value.message


@pytest.mark.parametrize(
    ("kind", "cpu", "memory", "fits"),
    [
        ("consumption", 0.25, 0.5, True),
        ("consumption", 4, 8, True),
        ("consumption", 0.5, 2, False),
        ("consumption", 4.25, 8.5, False),
        ("e16", 16, 128, True),
        ("e16", 0.3, 100, True),
        ("e16", 16, 129, False),
        ("e16", 17, 1, False),
    ],
)
def test_pairs_bind_on_consumption_and_a_node_binds_elsewhere(
    kind: str, cpu: float, memory: float, *, fits: bool
) -> None:
    wanted = resources.Demand(cpu, memory)
    if fits:
        resources.check(wanted, TYPES[kind], "profile")
        return
    with pytest.raises(ArmError) as refused:
        resources.check(wanted, TYPES[kind], "profile")
    assert refused.value.code == "ContainerAppInvalidResourceTotal"
