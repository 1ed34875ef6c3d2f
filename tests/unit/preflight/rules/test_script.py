"""The rules on the script: its name, and whether it is there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.unit.preflight.failing import failing
from tests.unit.preflight.given import EMPTY, facts, found

from funcyard.functions.model import Index
from funcyard.preflight.rules import script_missing, script_name_invalid

SETTINGS = '{\n  "Values": {\n    "PYTHON_SCRIPT_FILE_NAME": "my app.py"\n  }\n}\n'


def test_a_name_that_the_worker_refuses_is_told_where_it_is_set(tmp_path: Path) -> None:
    survey = failing("InvalidFileNameError", "('Invalid file name: %s', 'my app.py')", "")
    target = {"settings": {"PYTHON_SCRIPT_FILE_NAME": "my app.py"}}
    rule = script_name_invalid.RULE

    (written,) = found(
        rule, facts(tmp_path, {"local.settings.json": SETTINGS}, survey=survey, target=target)
    )
    (from_elsewhere,) = found(rule, facts(tmp_path / "other", {}, survey=survey, target=target))

    assert (written.file, written.line) == ("local.settings.json", 3)
    assert "'my app.py'" in written.message
    assert (from_elsewhere.file, from_elsewhere.line) == ("", 0)


def test_a_script_that_is_not_there_is_told_with_the_file_that_makes_an_app(
    tmp_path: Path,
) -> None:
    survey = replace(EMPTY, index=Index(missing_script="function_app.py"))
    files = {"main.py": "from azure import functions\napp = functions.FunctionApp()\n"}

    (finding,) = found(script_missing.RULE, facts(tmp_path, files, survey=survey))

    assert (finding.file, finding.line) == ("function_app.py", 0)
    assert finding.message.endswith("main.py makes a function app")
    assert finding.next == (
        "set PYTHON_SCRIPT_FILE_NAME to main.py, or rename main.py to function_app.py"
    )


def test_an_app_that_has_its_script_is_silent(tmp_path: Path) -> None:
    given = facts(tmp_path, {"function_app.py": ""})

    assert found(script_missing.RULE, given) == []
    assert found(script_name_invalid.RULE, given) == []
