"""Seed 004, "0 functions found": each state of its code, told in the first finding.

Four deployments went into fixes for what was not the cause. The states are those of its history;
beside them stand the same layouts with nothing but the annotations changed: they are whole, so
neither decorators in other modules nor ``__all__`` were ever the matter.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.integration.preflight import haymaker
from tests.integration.preflight.checking import Checked, check
from tests.integration.preflight.haymaker import (
    EVERY_IMPORT,
    EVERY_NAME,
    FACADE,
    GUARDED,
    PACKAGE,
    line_of,
    moved,
    project,
    write,
)

CLEANUP = f"{PACKAGE}/activities/cleanup.py"
REBOUND = f"""{FACADE}
app = None
"""
TWO_NAMES = """\
from azure_haymaker.orchestrator import app

function_app = app
"""
TWO_APPS = """\
import azure.functions as func
from azure_haymaker.orchestrator import app as orchestrator_app

app = func.FunctionApp()
"""


def _checked(folder: Path, files: dict[str, str], python: Path) -> Checked:
    write(folder, files)
    return check(folder, "--json", "--ignore", "workstation", "--python", python)


def _first(done: Checked) -> dict[str, Any]:
    first: dict[str, Any] = done.document["findings"][0]
    return first


def test_fix_1_a_conflict_marker_is_the_first_finding_at_its_line(
    tmp_path: Path, durable_python: Path
) -> None:
    text = haymaker.CONFLICT + haymaker.IMPORTS

    done = _checked(tmp_path, project(good=True, __init__=text), durable_python)

    first = _first(done)
    assert (done.status, first["rule"]) == (1, "merge-conflict-marker")
    assert (first["file"], first["line"]) == (f"{PACKAGE}/__init__.py", line_of(text, "<<<<<<<"))
    assert "does-not-compile" not in done.rules


@pytest.mark.parametrize(
    "script",
    [FACADE, EVERY_IMPORT, EVERY_NAME, f"{FACADE}\n# reverted\n"],
    ids=["facade", "fix 3, imports", "fix 4, __all__", "the revert"],
)
def test_annotations_are_the_cause_whatever_the_script_imports_and_exports(
    script: str, tmp_path: Path, durable_python: Path
) -> None:
    files = project(good=False, function_app=script)

    done = _checked(tmp_path, files, durable_python)

    first, findings = _first(done), done.document["findings"]
    assert (done.status, first["rule"]) == (1, "annotation-not-a-class")
    assert (first["file"], first["line"]) == (
        CLEANUP,
        line_of(files[CLEANUP], "def verify_cleanup_activity"),
    )
    assert first["next"] == "write params: dict"
    assert "invalid non-type annotation dict[str, typing.Any]" in first["evidence"]
    assert done.rules == ["annotation-not-a-class"] * 8 + ["annotation-does-not-fit"]
    timer = findings[-1]
    assert timer["file"] == f"{PACKAGE}/timer_trigger.py"
    assert timer["line"] == line_of(files[timer["file"]], "async def haymaker_timer")
    assert timer["message"].startswith('haymaker_timer: "timer_request" is annotated Any')


def test_fix_5_decorators_in_the_script_fail_for_the_same_annotations(
    tmp_path: Path, durable_python: Path
) -> None:
    script = moved(good=False)

    done = _checked(tmp_path, project(good=False, function_app=script), durable_python)

    first = _first(done)
    assert (done.status, first["rule"]) == (1, "annotation-not-a-class")
    assert (first["file"], first["line"]) == (
        "function_app.py",
        line_of(script, "def validate_environment_activity"),
    )
    assert done.rules == ["annotation-not-a-class"] * 8 + ["annotation-does-not-fit"]


def test_a_guard_that_sets_the_app_to_none_is_told_and_not_only_that_there_is_no_app(
    tmp_path: Path, durable_python: Path
) -> None:
    broken = haymaker.APP + haymaker.IMPORTS + "raise RuntimeError('no credentials here')\n"
    files = project(good=True, function_app=GUARDED, __init__=broken)

    done = _checked(tmp_path, files, durable_python)

    first = _first(done)
    assert first["rule"] == "import-guard-hides-app"
    assert (first["file"], first["line"]) == ("function_app.py", 2)
    assert f"{PACKAGE}/__init__.py:{line_of(broken, 'raise')}: RuntimeError" in first["evidence"]
    assert done.rules == ["import-guard-hides-app", "no-function-app"]


def test_an_app_that_is_rebound_to_none_is_told_at_that_line(
    tmp_path: Path, durable_python: Path
) -> None:
    done = _checked(tmp_path, project(good=True, function_app=REBOUND), durable_python)

    first = _first(done)
    assert (first["rule"], first["line"]) == ("app-set-to-none", line_of(REBOUND, "app = None"))
    assert done.rules == ["app-set-to-none", "no-function-app"]


def test_one_app_under_two_names_is_told_apart_from_two_apps(
    tmp_path: Path, durable_python: Path
) -> None:
    twice = _checked(tmp_path / "names", project(good=True, function_app=TWO_NAMES), durable_python)
    two = _checked(tmp_path / "apps", project(good=True, function_app=TWO_APPS), durable_python)

    assert (twice.rules, _first(twice)["line"]) == (["app-under-two-names"], 3)
    assert "app (line 1) and function_app (line 3)" in _first(twice)["message"]
    assert (two.rules, _first(two)["line"]) == (["several-function-apps"], 4)
    assert "orchestrator_app (line 2) and app (line 4)" in _first(two)["message"]


@pytest.mark.parametrize(
    "script",
    [FACADE, EVERY_IMPORT, EVERY_NAME, moved(good=True)],
    ids=["facade", "imports", "__all__", "decorators in the script"],
)
def test_with_nothing_but_the_annotations_changed_there_are_ten_functions_and_no_finding(
    script: str, tmp_path: Path, durable_python: Path
) -> None:
    done = _checked(tmp_path, project(good=True, function_app=script), durable_python)

    assert done.document["findings"] == []
    found = [function["name"] for function in done.document["functions"]]
    assert sorted(found) == haymaker.FUNCTIONS
    assert done.status == 0


def test_modules_that_nobody_imports_are_the_cause_where_the_app_is_empty(
    tmp_path: Path, durable_python: Path
) -> None:
    files = project(good=True, __init__=haymaker.APP)

    done = _checked(tmp_path, files, durable_python)

    assert done.rules == ["module-never-imported"] * 8
    assert _first(done)["file"] == CLEANUP
    assert "verify_cleanup_activity, force_cleanup_activity" in _first(done)["message"]
