"""Whatever is put as an app is taken or refused, and what is taken can be shown and run."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, given, settings
from tests.unit.emulator.odd_documents import changed

from funcyard.emulator.containerapps import (
    apps,
    configurations,
    jobs,
    profiles,
    resources,
    revisions,
    secrets,
    specs,
    templates,
)
from funcyard.emulator.containerapps.naming import APP, JOB
from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.core.schemas import schema_of
from funcyard.emulator.managed_identity.assigned import PASSED_OVER

_CONTAINER = {
    "name": "main",
    "image": "server/image:1",
    "command": ["run"],
    "args": ["x"],
    "env": [{"name": "A", "value": "b"}, {"name": "B", "secretRef": "key"}],
    "resources": {"cpu": 0.25, "memory": "0.5Gi"},
    "probes": [
        {
            "type": "Liveness",
            "httpGet": {"port": 80, "path": "/", "httpHeaders": [{"name": "a", "value": "b"}]},
            "periodSeconds": 5,
        },
        {"type": "readiness", "tcpSocket": {"port": 80}, "failureThreshold": 2},
    ],
    "volumeMounts": [{"volumeName": "files", "mountPath": "/files"}],
}
_CONFIGURATION = {
    "activeRevisionsMode": "Multiple",
    "secrets": [{"name": "key", "value": "x"}],
    "registries": [{"server": "server", "username": "u", "passwordSecretRef": "key"}],
    "maxInactiveRevisions": 5,
    "ingress": {
        "external": True,
        "targetPort": 80,
        "transport": "auto",
        "traffic": [
            {"weight": 40, "latestRevision": True, "label": "a"},
            {"weight": 60, "revisionName": "app--one"},
        ],
    },
}
_TEMPLATE = {
    "revisionSuffix": "one",
    "terminationGracePeriodSeconds": 5,
    "containers": [_CONTAINER],
    "initContainers": [{"name": "first", "image": "server/other"}],
    "scale": {
        "minReplicas": 1,
        "maxReplicas": 3,
        "cooldownPeriod": 30,
        "rules": [{"name": "http", "http": {"metadata": {"concurrentRequests": "5"}}}],
    },
    "volumes": [{"name": "files", "storageType": "EmptyDir"}],
}
_APP = {
    "location": "eastus",
    "properties": {"configuration": _CONFIGURATION, "template": _TEMPLATE},
}
_JOB = {
    "location": "eastus",
    "properties": {
        "configuration": {
            "triggerType": "Schedule",
            "replicaTimeout": 10,
            "replicaRetryLimit": 1,
            "scheduleTriggerConfig": {
                "cronExpression": "*/5 * * * *",
                "parallelism": 1,
                "replicaCompletionCount": 1,
            },
            "registries": [{"server": "server", "identity": "system"}],
        },
        "template": {"containers": [{"name": "main", "image": "server/image"}]},
    },
}
_RANDOM = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_RANDOM
@given(body=changed(_APP))
def test_an_app_is_taken_or_refused(tmp_path: Path, body: Any) -> None:  # noqa: ANN401 - JSON
    if not isinstance(body, dict):
        return
    try:
        told = apps.spelled(body)
        schema_of(APP).check(told, passed_over=PASSED_OVER)
        given_ = told.get("properties") or {}
        configuration = configurations.complete(given_.get("configuration") or {}, {"app--one"})
        template = templates.of_app(given_.get("template") or {}, "app")
        containers = [*template["containers"], *(template["initContainers"] or ())]
        secrets.check(configuration, containers)
        resources.check(
            resources.demand(template["containers"]), profiles.TYPES["consumption"], "Consumption"
        )
    except ArmError as refused:
        assert refused.status == 400  # noqa: PT017 - whichever it is
        return
    _run(configuration, template, tmp_path)
    json.dumps((configurations.show(configuration, "host"), revisions.template_shown(template)))
    again = templates.of_app(json.loads(json.dumps(template)), "app")
    assert templates.fingerprint(again) == templates.fingerprint(template)


@_RANDOM
@given(body=changed(_JOB))
def test_a_job_is_taken_or_refused(tmp_path: Path, body: Any) -> None:  # noqa: ANN401 - JSON
    if not isinstance(body, dict):
        return
    try:
        told = jobs.spelled(body)
        schema_of(JOB).check(told, passed_over=PASSED_OVER)
        given_ = told.get("properties") or {}
        configuration = jobs.configuration_of(given_.get("configuration") or {})
        template = templates.containers_of(given_.get("template") or {})
        secrets.check(configuration, template["containers"])
    except ArmError as refused:
        assert refused.status == 400  # noqa: PT017 - whichever it is
        return
    _run(configuration, template, tmp_path)


def _run(configuration: Any, template: Any, folder: Path) -> None:  # noqa: ANN401 - JSON
    """Make of what is kept what the runtime is asked to run."""
    core: Any = SimpleNamespace()
    app: Any = SimpleNamespace(properties={"configuration": configuration})
    for one in (*template["containers"], *(template["initContainers"] or ())):
        (made,) = specs.containers([one], {}, {"key": "x"}, folder)
        assert made.memory > 0
        assert all(isinstance(value, str) for value in made.environment.values())
        for probe in made.probes:
            assert probe.period > 0
            assert probe.timeout > 0
            assert probe.failures > 0
    specs.logins(core, app, {"key": "x"})
