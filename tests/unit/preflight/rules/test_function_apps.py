"""The rules on the app object: none, several, one under two names."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.failing import NO_APP, SEVERAL, failing
from tests.unit.preflight.given import facts, found

from funcyard.preflight.rules import app_under_two_names, no_function_app, several_function_apps

HEAD = "import azure.functions as func\n"
MADE = "app = func.FunctionApp()\n"


@pytest.mark.parametrize(
    ("script", "line", "why", "instead"),
    [
        ("app = None\n", 1, "app is None", "write app = func.FunctionApp()"),
        (
            f"{HEAD}bp = func.Blueprint()\n",
            2,
            "bp is a blueprint",
            "write app = func.FunctionApp() and app.register_functions(bp)",
        ),
        (
            "from fastapi import FastAPI\napp = FastAPI()\n",
            2,
            "app is FastAPI()",
            "write function_app = func.AsgiFunctionApp(app=app, …)",
        ),
        (
            "import flask\napp = flask.Flask(__name__)\n",
            2,
            "app is flask.Flask(__name__)",
            "write function_app = func.WsgiFunctionApp(app=app, …)",
        ),
        (
            f"{HEAD}def build():\n    return func.FunctionApp()\n",
            3,
            "made inside build()",
            "write app = build() below it",
        ),
        (
            f"{HEAD}{MADE}def __dir__():\n    return []\n",
            3,
            "hides its names by a __dir__",
            "delete __dir__, or let it list the app",
        ),
        ("x = 1\n", 1, "in parts/core.py:2", "write from parts.core import main"),
    ],
)
def test_no_app_is_told_with_what_stands_in_its_place(
    tmp_path: Path, script: str, line: int, why: str, instead: str
) -> None:
    files = {"function_app.py": script}
    if "parts" in why:
        files |= {"parts/core.py": f"{HEAD}main = func.FunctionApp()\n"}

    (finding,) = found(no_function_app.RULE, facts(tmp_path, files, survey=failing(*NO_APP)))

    assert (finding.line, finding.next) == (line, instead)
    assert why in finding.message
    assert NO_APP[1] in finding.evidence


def test_a_script_that_python_has_a_module_of_that_name_for_is_never_imported(
    tmp_path: Path,
) -> None:
    survey = failing(NO_APP[0], NO_APP[1].replace("function_app", "json"), "json.py")
    target = {"settings": {"PYTHON_SCRIPT_FILE_NAME": "json.py"}}

    (finding,) = found(
        no_function_app.RULE,
        facts(tmp_path, {"json.py": HEAD + MADE}, survey=survey, target=target),
    )

    assert "Python's own module json is imported" in finding.message


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (
            f"{HEAD}one = func.FunctionApp()\ntwo = func.FunctionApp()\n",
            "one (line 2) and two (line 3)",
        ),
        (f"{HEAD}from core import app as one\n{MADE}", "one (line 2) and app (line 3)"),
        (
            f"{HEAD}from core import *\nmain = func.FunctionApp()\n",
            "app (line 2) and main (line 3)",
        ),
    ],
)
def test_two_apps_are_told_by_their_names_and_lines(tmp_path: Path, script: str, told: str) -> None:
    files = {"function_app.py": script, "core.py": HEAD + MADE}

    given = facts(tmp_path, files, survey=failing(*SEVERAL))

    (finding,) = found(several_function_apps.RULE, given)
    assert told in finding.message
    assert finding.line == 3
    assert found(app_under_two_names.RULE, given) == []


@pytest.mark.parametrize(
    "script",
    [
        f"{HEAD}{MADE}alias = app\n",
        "from core import app\nfrom core import app as alias\n\n",
        "from core import app\nfrom facade import alias\n\n",
        f"{HEAD}app = alias = func.FunctionApp()\n",
    ],
)
def test_one_app_under_two_names_is_no_second_app(tmp_path: Path, script: str) -> None:
    files = {
        "function_app.py": script,
        "core.py": HEAD + MADE,
        "facade.py": "from core import app as alias\n",
    }

    given = facts(tmp_path, files, survey=failing(*SEVERAL))

    (finding,) = found(app_under_two_names.RULE, given)
    assert finding.next == "delete alias, and use app in its stead"
    assert found(several_function_apps.RULE, given) == []


def test_apps_that_the_text_does_not_show_are_told_without_names(tmp_path: Path) -> None:
    given = facts(tmp_path, {"function_app.py": "from made import *\n"}, survey=failing(*SEVERAL))

    (finding,) = found(several_function_apps.RULE, given)

    assert (finding.file, finding.line) == ("function_app.py", 1)
    assert "several names hold function apps" in finding.message
