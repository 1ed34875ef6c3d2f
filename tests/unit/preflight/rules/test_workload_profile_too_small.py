from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found
from tests.unit.preflight.infrastructure.templates import app, bicep

from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.workload_profile_too_small import RULE


def _profile(kind: str, most: int) -> str:
    return f"{{ name: '{kind}', workloadProfileType: '{kind}', maximumCount: {most} }}"


def test_e16_with_one_node_has_no_room_for_a_second_revision(tmp_path: Path) -> None:
    given = facts(tmp_path, {"infra/main.bicep": bicep(profiles=_profile("E16", 1))})
    (finding,) = found(RULE, given)
    assert (finding.file, finding.line) == ("infra/main.bicep", 5)
    assert finding.severity is Severity.ERROR
    assert finding.message == (
        "api-app: its new revision cannot start: a replica asks for 16 vCPU and 128 GiB, a node of"
        " profile E16 (E16) has 16 and 128, so 1 fits on a node; the old revision and the new one"
        " with 1 replica each need 2 nodes, and maximumCount is 1"
    )
    assert finding.evidence == _profile("E16", 1)
    assert finding.next == "maximumCount: 2"


def test_what_the_finding_asks_for_is_enough(tmp_path: Path) -> None:
    assert found(RULE, facts(tmp_path, {"main.bicep": bicep(profiles=_profile("E16", 2))})) == []


@pytest.mark.parametrize(
    ("kind", "most", "cpu", "memory", "replicas", "wanted"),
    [
        ("D4", 1, "1", "2Gi", 1, None),
        ("D4", 1, "2", "8Gi", 1, None),
        ("D4", 1, "2.5", "4Gi", 1, 2),
        ("D4", 1, "1", "9Gi", 1, 2),
        ("D4", 1, "1.5", "2Gi", 2, 2),
        ("D8", 2, "2", "4Gi", 4, None),
        ("D8", 2, "2", "4Gi", 5, 3),
        ("E32", 3, "16", "128Gi", 4, 4),
        ("NC24-A100", 1, "24", "220Gi", 1, 2),
        ("E16", 1, "32", "256Gi", 1, None),
        ("Unheard-Of", 1, "400", "400Gi", 1, None),
    ],
)
def test_nodes_are_counted_by_what_fits_on_one(
    tmp_path: Path, kind: str, most: int, cpu: str, memory: str, replicas: int, wanted: int | None
) -> None:
    text = bicep(
        profiles=_profile(kind, most),
        profile=kind,
        cpu=cpu,
        memory=memory,
        scale=f"minReplicas: {replicas}, maxReplicas: 10",
    )
    nexts = [finding.next for finding in found(RULE, facts(tmp_path, {"main.bicep": text}))]
    assert nexts == ([f"maximumCount: {wanted}"] if wanted else [])


def test_an_app_that_may_sleep_needs_room_for_its_first_replica_as_well(tmp_path: Path) -> None:
    text = bicep(profiles=_profile("E16", 1), scale="minReplicas: 0, maxReplicas: 1")
    (finding,) = found(RULE, facts(tmp_path, {"main.bicep": text}))
    assert finding.severity is Severity.ERROR
    assert "cannot start while a replica of the old one runs" in finding.message
    assert finding.next == "maximumCount: 2"


def test_replicas_that_a_schedule_keeps_count_as_running(tmp_path: Path) -> None:
    cron = (
        "minReplicas: 0, maxReplicas: 1, rules: [ { name: 'day', custom: { type: 'cron',"
        " metadata: { start: '0 0 * * *', end: '0 8 * * *', desiredReplicas: '1' } } } ]"
    )
    text = bicep(profiles=_profile("E16", 1), scale=cron)
    (finding,) = found(RULE, facts(tmp_path, {"main.bicep": text}))
    assert finding.severity is Severity.ERROR


def test_other_apps_on_the_profile_take_their_room(tmp_path: Path) -> None:
    text = bicep(profiles=_profile("D4", 1), profile="D4", cpu="1", memory="2Gi")
    assert found(RULE, facts(tmp_path, {"main.bicep": text})) == []
    other = app(profile="D4", cpu="3", memory="4Gi", name="other")
    (finding,) = found(RULE, facts(tmp_path, {"main.bicep": text + other}))
    assert finding.next == "maximumCount: 2"
    assert "with 1 replica each, beside other-app, need 2 nodes" in finding.message


def test_several_active_revisions_run_side_by_side(tmp_path: Path) -> None:
    shares = (
        "targetPort: 80, traffic: [ { revisionName: 'api--1', weight: 50 },"
        " { revisionName: 'api--2', weight: 50 }, { revisionName: 'api--0', weight: 0 },"
        " { latestRevision: true, weight: 0 } ]"
    )
    text = bicep(profiles=_profile("E16", 2), mode="Multiple", ingress=shares)
    (finding,) = found(RULE, facts(tmp_path, {"main.bicep": text}))
    assert "2 old revisions" in finding.message
    assert finding.next == "maximumCount: 3"


@pytest.mark.parametrize(
    "change",
    [
        {"profiles": "{ name: 'E16', workloadProfileType: 'E16' }"},
        {"profiles": "{ name: 'E16', workloadProfileType: 'E16', maximumCount: given }"},
        {"profiles": "{ name: given, workloadProfileType: 'E16', maximumCount: 1 }"},
        {"profile": "elsewhere"},
        {"cpu": "x"},
        {"scale": "minReplicas: 1, maxReplicas: 0"},
        {"mode": "${given}"},
    ],
)
def test_what_cannot_be_told_is_not_said(tmp_path: Path, change: dict[str, str]) -> None:
    text = bicep(**{"profiles": _profile("E16", 1), **change})
    assert found(RULE, facts(tmp_path, {"main.bicep": f"param given string\n{text}"})) == []


def test_each_file_of_parameters_is_judged_for_itself(tmp_path: Path) -> None:
    text = "param most int = 1\n" + bicep(profiles=_profile("E16", 1).replace("1 }", "most }"))
    files = {
        "main.bicep": text,
        "dev.bicepparam": "using 'main.bicep'\nparam most = 1\n",
        "prod.bicepparam": "using 'main.bicep'\nparam most = 3\n",
    }
    (finding,) = found(RULE, facts(tmp_path, files))
    assert (finding.file, finding.line) == ("dev.bicepparam", 2)
    assert finding.message.endswith("(with dev.bicepparam)")


def test_an_arm_template_is_read_as_well(tmp_path: Path) -> None:
    profile = {"name": "E16", "workloadProfileType": "E16", "maximumCount": 1}
    container = {"name": "a", "image": "b", "resources": {"cpu": 16, "memory": "128Gi"}}
    document = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "resources": [
            {
                "type": "Microsoft.App/managedEnvironments",
                "name": "cae",
                "properties": {"workloadProfiles": [profile]},
            },
            {
                "type": "Microsoft.App/containerApps",
                "name": "api",
                "properties": {
                    "environmentId": "[resourceId('Microsoft.App/managedEnvironments', 'cae')]",
                    "workloadProfileName": "E16",
                    "template": {"containers": [container], "scale": {"minReplicas": 1}},
                },
            },
        ],
    }
    text = json.dumps(document, indent=2)
    (finding,) = found(RULE, facts(tmp_path, {"azuredeploy.json": text}))
    assert finding.next == '"maximumCount": 2'
    assert text.splitlines()[finding.line - 1].strip() == finding.evidence == '"maximumCount": 1'
