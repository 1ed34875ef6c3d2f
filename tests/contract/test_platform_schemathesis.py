"""Schemathesis makes requests of every contract, right and wrong ones, and judges the answers.

A few of each operation, the same in every run; ``make fuzz REQUESTS=300`` makes as many new ones.
"""

from __future__ import annotations

import os
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.platform_contracts import CONTRACTS, FOLDER
from tests.running_platform import RunningPlatform, known_callers, platform

__all__ = ["known_callers", "platform"]

Case = schemathesis.Case[Any]


def no_fault_of_ours(_: object, response: Any, case: Case) -> None:  # noqa: ANN401 - as it is called
    """Refuse every server error but 503, which says that something else cannot be reached."""
    allowed = response.status_code < 500 or response.status_code == 503
    assert allowed, f"{case.method} {case.path}: {response.status_code}"


_CHECKS = [
    no_fault_of_ours,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
    missing_required_header,
]
_JUDGED = settings(
    max_examples=int(os.environ.get("FUNCYARD_REQUESTS") or 15),
    deadline=None,
    derandomize=not os.environ.get("FUNCYARD_DRAW_ANEW"),
    suppress_health_check=list(HealthCheck),
)

files = schemathesis.openapi.from_path(FOLDER / "workspace-files-api.yaml")
contracts = schemathesis.openapi.from_path(FOLDER / "contracts-api.yaml")
github = schemathesis.openapi.from_path(FOLDER / "github-sync-api.yaml")
health = schemathesis.openapi.from_path(FOLDER / "health-checks-api.yaml")
workflows = schemathesis.openapi.from_path(FOLDER / "workflows-api.yaml")


def test_every_contract_is_judged() -> None:
    judged = {files.location, contracts.location, github.location, health.location}
    judged |= {workflows.location}
    assert {one.rpartition("/")[2] for one in judged if one} == set(CONTRACTS)


def _judge(platform: RunningPlatform, case: Case) -> None:
    headers = {"Authorization": f"Bearer {platform.token}"}
    case.call_and_validate(base_url=f"{platform.address}/api", headers=headers, checks=_CHECKS)


@files.parametrize()
@_JUDGED
def test_files(platform: RunningPlatform, case: Case) -> None:
    _judge(platform, case)


@contracts.parametrize()
@_JUDGED
def test_contracts(platform: RunningPlatform, case: Case) -> None:
    _judge(platform, case)


@github.parametrize()
@_JUDGED
def test_github(platform: RunningPlatform, case: Case) -> None:
    _judge(platform, case)


@health.parametrize()
@_JUDGED
def test_health(platform: RunningPlatform, case: Case) -> None:
    _judge(platform, case)


@workflows.parametrize()
@_JUDGED
def test_workflows(platform: RunningPlatform, case: Case) -> None:
    _judge(platform, case)
