"""The programming model v1: folders that do not load, are not read, or say what nobody hears."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.preflight.given import EMPTY, facts, found

from funcyard.functions.model import Binding, BrokenFunction, Function, Index, LoadFailure
from funcyard.preflight.finding import Severity
from funcyard.preflight.rules import (
    function_json_disabled,
    function_json_ignored,
    no_functions,
    v1_function_does_not_load,
)

TIMER = {"type": "timerTrigger", "direction": "in", "name": "timer", "schedule": "0 * * * * *"}
WHOLE = {
    "old/function.json": json.dumps({"scriptFile": "__init__.py", "bindings": [TIMER]}),
    "old/__init__.py": "def main(timer): ...\n",
}
V1 = Function(
    "old", "old/__init__.py", (Binding("timer", "timerTrigger", "in", TIMER),), model="v1"
)


def test_a_folder_that_does_not_load_is_told_at_the_place_of_its_fault(tmp_path: Path) -> None:
    broken = BrokenFunction("old", LoadFailure("NameError", "no x", "old/__init__.py", 3))
    survey = replace(EMPTY, index=Index(legacy=True, functions=(V1,), broken=(broken,)))

    (finding,) = found(v1_function_does_not_load.RULE, facts(tmp_path, WHOLE, survey=survey))

    assert (finding.file, finding.line) == ("old/__init__.py", 3)
    assert finding.message == "api: old does not load: NameError"
    assert (finding.evidence, finding.next) == ("no x", "mend old/__init__.py:3")


@pytest.mark.parametrize(
    ("found_too", "files", "severity"),
    [
        (False, WHOLE, Severity.ERROR),
        (True, WHOLE, Severity.WARNING),
        (False, {"old/function.json": "{}"}, Severity.WARNING),
    ],
)
def test_a_folder_that_nobody_reads_is_an_error_where_a_function_is_lost(
    tmp_path: Path,
    found_too: bool,  # noqa: FBT001 - a case
    files: dict[str, str],
    severity: Severity,
) -> None:
    functions = (replace(V1, model="v2"),) if found_too else ()
    given = facts(
        tmp_path, files, survey=replace(EMPTY, index=Index(functions=functions, unread=("old",)))
    )

    (finding,) = found(function_json_ignored.RULE, given)

    assert (finding.file, finding.severity) == ("old/function.json", severity)
    assert "old is not found: there is a script" in finding.message
    assert found(no_functions.RULE, given) == []


def test_folders_that_are_served_are_not_said_to_be_ignored(tmp_path: Path) -> None:
    survey = replace(EMPTY, index=Index(legacy=True, functions=(V1,)))

    assert found(function_json_ignored.RULE, facts(tmp_path, WHOLE, survey=survey)) == []


def test_an_app_that_fails_is_not_told_of_its_folders(tmp_path: Path) -> None:
    failure = LoadFailure("ValueError", "no app")
    survey = replace(EMPTY, index=Index(failure=failure, unread=("old",)))

    assert found(function_json_ignored.RULE, facts(tmp_path, WHOLE, survey=survey)) == []


def test_a_function_json_that_says_disabled_is_told_unless_the_setting_does(
    tmp_path: Path,
) -> None:
    files = {**WHOLE, "old/function.json": '{\n "disabled": true,\n "bindings": []}'}
    survey = replace(EMPTY, index=Index(legacy=True, functions=(V1,)))
    settings = {"AzureWebJobs.old.Disabled": "true"}

    (finding,) = found(function_json_disabled.RULE, facts(tmp_path, files, survey=survey))
    given = facts(tmp_path, files, survey=survey, target={"settings": settings})

    assert (finding.file, finding.line) == ("old/function.json", 2)
    assert finding.next == "set the app setting AzureWebJobs.old.Disabled to true"
    assert found(function_json_disabled.RULE, given) == []
    assert found(function_json_disabled.RULE, facts(tmp_path, WHOLE, survey=survey)) == []
