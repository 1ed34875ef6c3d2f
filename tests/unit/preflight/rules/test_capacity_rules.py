from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found
from tests.unit.preflight.infrastructure.templates import bicep

from funcyard.preflight.finding import Severity
from funcyard.preflight.rules import (
    cpu_memory_pair_not_allowed,
    maximum_below_minimum,
    profile_not_declared,
    profile_type_unknown,
    replica_larger_than_node,
)

CONSUMPTION = "{ name: 'Consumption', workloadProfileType: 'Consumption' }"


def test_a_replica_that_no_node_holds_is_found(tmp_path: Path) -> None:
    text = bicep(
        profiles="{ name: 'big', workloadProfileType: 'D8', maximumCount: 5 }",
        profile="big",
        cpu="4",
        memory="48Gi",
    )
    (finding,) = found(replica_larger_than_node.RULE, facts(tmp_path, {"main.bicep": text}))
    assert finding.message == (
        "api-app: a replica asks for 4 vCPU and 48 GiB, and a node of profile big (D8) has 8 and 32"
    )
    assert finding.evidence == "resources: { cpu: json('4'), memory: '48Gi' }"
    assert finding.next == "ask for less, or take workloadProfileType D16"


def test_a_replica_as_large_as_a_node_is_no_fault(tmp_path: Path) -> None:
    assert found(replica_larger_than_node.RULE, facts(tmp_path, {"main.bicep": bicep()})) == []


@pytest.mark.parametrize(
    ("cpu", "memory", "wanted"),
    [
        ("0.25", "0.5Gi", None),
        ("1.75", "3.5Gi", None),
        ("4", "8Gi", None),
        ("4", "8.0Gi", None),
        ("0.5", "512Mi", "cpu 0.5, memory 1Gi"),
        ("0.5", "1.5Gi", "cpu 0.75, memory 1.5Gi"),
        ("0.3", "0.6Gi", "cpu 0.5, memory 1Gi"),
        ("16", "128Gi", "run it on a dedicated workload profile"),
        ("x", "1Gi", None),
    ],
)
@pytest.mark.parametrize("profile", ["", "Consumption"])
def test_the_consumption_profile_offers_pairs_only(
    tmp_path: Path, profile: str, cpu: str, memory: str, wanted: str | None
) -> None:
    text = bicep(profiles=CONSUMPTION, profile=profile, cpu=cpu, memory=memory)
    rule = cpu_memory_pair_not_allowed.RULE
    nexts = [finding.next for finding in found(rule, facts(tmp_path, {"main.bicep": text}))]
    assert nexts == ([wanted] if wanted else [])


def test_a_dedicated_profile_takes_any_pair(tmp_path: Path) -> None:
    text = bicep(cpu="0.3", memory="7Gi")
    assert found(cpu_memory_pair_not_allowed.RULE, facts(tmp_path, {"main.bicep": text})) == []


@pytest.mark.parametrize(
    ("kind", "severity", "wanted"),
    [
        ("E64", Severity.ERROR, "one of E4, E8, E16, E32"),
        ("d2", Severity.ERROR, "one of D4, D8, D16, D32"),
        ("NC24-A200", Severity.WARNING, "one of NC24-A100"),
    ],
)
def test_a_type_of_profile_that_azure_does_not_offer_is_named(
    tmp_path: Path, kind: str, severity: Severity, wanted: str
) -> None:
    text = bicep(profiles=f"{{ name: 'big', workloadProfileType: '{kind}' }}")
    (finding,) = found(profile_type_unknown.RULE, facts(tmp_path, {"main.bicep": text}))
    assert finding.message == (
        f"workload profile big of cae is of type {kind}, which is none that Azure offers"
    )
    assert finding.severity is severity
    assert finding.next.startswith(wanted)


@pytest.mark.parametrize("kind", ["e16", "Consumption", "Flex", "Consumption-GPU-NC8as-T4"])
def test_a_type_of_profile_that_azure_offers_is_no_fault(tmp_path: Path, kind: str) -> None:
    text = bicep(profiles=f"{{ name: 'big', workloadProfileType: '{kind}' }}")
    assert found(profile_type_unknown.RULE, facts(tmp_path, {"main.bicep": text})) == []


def test_a_profile_that_the_environment_lacks_is_found(tmp_path: Path) -> None:
    text = bicep(profile="E32")
    (finding,) = found(profile_not_declared.RULE, facts(tmp_path, {"main.bicep": text}))
    assert finding.message == (
        "api-app: its workload profile E32 is none of its environment cae, which has E16"
    )
    assert finding.evidence == "workloadProfileName: 'E32'"


@pytest.mark.parametrize(
    "change",
    [
        {"profile": "e16"},
        {"profile": "Consumption"},
        {"profile": ""},
        {"profile": "E32", "profiles": "{ name: given, workloadProfileType: 'E32' }"},
        {"profile": "E32", "profiles": "...given"},
    ],
)
def test_a_profile_that_may_be_there_is_not_missed(tmp_path: Path, change: dict[str, str]) -> None:
    text = f"param given string\n{bicep(**change)}"
    assert found(profile_not_declared.RULE, facts(tmp_path, {"main.bicep": text})) == []


def test_ranges_that_end_before_they_begin_are_found(tmp_path: Path) -> None:
    text = bicep(
        profiles="{ name: 'E16', workloadProfileType: 'E16', minimumCount: 3, maximumCount: 2 }",
        scale="minReplicas: 11",
    )
    findings = found(maximum_below_minimum.RULE, facts(tmp_path, {"main.bicep": text}))
    assert [finding.message for finding in findings] == [
        "workload profile E16 of cae: maximumCount is 2, and minimumCount is 3",
        "api-app: maxReplicas is 10, and minReplicas is 11",
    ]


def test_ranges_of_one_are_no_fault(tmp_path: Path) -> None:
    assert found(maximum_below_minimum.RULE, facts(tmp_path, {"main.bicep": bicep()})) == []
