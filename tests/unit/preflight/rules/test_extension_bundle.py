from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found
from tests.unit.preflight.rules.bound import survey_of

from funcyard.preflight.finding import Severity
from funcyard.preflight.rules import extension_bundle_missing, extension_bundle_too_old

MISSING, TOO_OLD = extension_bundle_missing.RULE, extension_bundle_too_old.RULE
USUAL = "Microsoft.Azure.Functions.ExtensionBundle"
HTTP = {"type": "httpTrigger"}
QUEUE = {"type": "queueTrigger", "queueName": "tasks"}
DURABLE = {"type": "orchestrationTrigger"}


def host(**bundle: object) -> dict[str, str]:
    document = {"version": "2.0"} | ({"extensionBundle": bundle} if bundle else {})
    return {"host.json": json.dumps(document, indent=2)}


@pytest.mark.parametrize("trigger", [QUEUE, DURABLE])
def test_a_binding_of_an_extension_needs_a_bundle(tmp_path: Path, trigger: dict[str, str]) -> None:
    given = facts(tmp_path, host(), survey=survey_of(hello=HTTP, work=trigger))

    (finding,) = found(MISSING, given)

    assert (finding.file, finding.line, finding.severity) == ("host.json", 1, Severity.ERROR)
    assert f"work ({trigger['type']})" in finding.message
    assert "hello" not in finding.message
    assert f'"id": "{USUAL}"' in finding.next


@pytest.mark.parametrize(
    "files",
    [
        host(id=USUAL, version="[4.*, 5.0.0)"),
        host(id=f"{USUAL}.Preview", version="[4.0.0, 5.0.0)"),
        {**host(), "extensions.csproj": "<Project/>"},
    ],
)
def test_a_bundle_or_extensions_of_ones_own_are_fine(tmp_path: Path, files: dict[str, str]) -> None:
    given = facts(tmp_path, files, survey=survey_of(work=QUEUE))

    assert found(MISSING, given) == []
    assert found(TOO_OLD, given) == []


def test_http_and_timers_need_none(tmp_path: Path) -> None:
    survey = survey_of(hello=HTTP, tidy={"type": "timerTrigger", "schedule": "0 * * * * *"})

    assert found(MISSING, facts(tmp_path, host(), survey=survey)) == []


def test_a_bundle_that_there_is_not_is_told_with_the_right_id(tmp_path: Path) -> None:
    (finding,) = found(MISSING, facts(tmp_path, host(id=f"{USUAL}s", version="[4.*, 5.0.0)")))

    assert finding.line == 3
    assert finding.next == f"did you mean {USUAL}?"


@pytest.mark.parametrize("version", ["4.x", 4, None])
def test_what_is_no_range_is_told(tmp_path: Path, version: object) -> None:
    (finding,) = found(MISSING, facts(tmp_path, host(id=USUAL, version=version)))

    assert "which is no range" in finding.message
    assert finding.next == '"version": "[4.0.0, 5.0.0)"'


def test_what_the_host_refuses_is_an_error_even_for_http(tmp_path: Path) -> None:
    files = host(id=USUAL, version="[1.*, 2.0.0)")

    (finding,) = found(TOO_OLD, facts(tmp_path, files, survey=survey_of(hello=HTTP)))

    assert (finding.line, finding.severity) == (5, Severity.ERROR)
    assert finding.message.startswith("the host refuses to start api: [1.*, 2.0.0)")


def test_a_binding_that_came_later_is_an_error(tmp_path: Path) -> None:
    cosmos = {"type": "cosmosDBTrigger", "containerName": "items"}
    files = host(id=USUAL, version="[3.*, 4.0.0)")

    (finding,) = found(TOO_OLD, facts(tmp_path, files, survey=survey_of(load=cosmos)))

    assert finding.severity is Severity.ERROR
    assert finding.message == (
        "load cannot run: cosmosDBTrigger came with version 4 of the extensions, and the host"
        " would take 3"
    )


def test_versions_that_are_not_supported_are_a_warning_where_they_are_used(
    tmp_path: Path,
) -> None:
    files = host(id=USUAL, version="[3.*, 4.0.0)")

    (finding,) = found(TOO_OLD, facts(tmp_path, files, survey=survey_of(work=QUEUE)))
    assert finding.severity is Severity.WARNING

    assert found(TOO_OLD, facts(tmp_path, files, survey=survey_of(hello=HTTP))) == []
