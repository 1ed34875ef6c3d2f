from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.failing import NO_APP, failing, function, holding, raising
from tests.unit.preflight.given import facts, found

from funcyard.functions.survey import Survey
from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.app_set_to_none import RULE

HEAD = "import azure.functions as func\n"
MADE = "app = func.FunctionApp()\n"


def _lines(folder: Path, files: dict[str, str], survey: Survey) -> list[tuple[str, int, Severity]]:
    given = facts(folder, files, survey=survey)
    return [(finding.file, finding.line, finding.severity) for finding in found(RULE, given)]


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ("app = None\n", 1),
        (f"{HEAD}{MADE}app = None\n", 3),
        (f"{HEAD}{MADE}app: object = None\n", 3),
        (f"{HEAD}app = None\nif False:\n    {MADE}", 2),
        (f"{HEAD}main = func.FunctionApp()\nmain = None\n", 3),
    ],
)
def test_none_in_place_of_the_app_is_an_error_at_its_line(
    tmp_path: Path, script: str, line: int
) -> None:
    told = _lines(tmp_path, {"function_app.py": script}, failing(*NO_APP))

    assert told == [("function_app.py", line, Severity.ERROR)]


def test_it_is_found_in_the_module_that_the_script_takes_the_app_from(tmp_path: Path) -> None:
    files = {
        "function_app.py": "from parts.core import app\n",
        "parts/__init__.py": "timeout = None\n",
        "parts/core.py": f"{HEAD}{MADE}app = None\n",
    }
    survey = raising("AttributeError", "'NoneType' object has no attribute 'route'")

    assert _lines(tmp_path, files, survey) == [("parts/core.py", 3, Severity.ERROR)]


def test_where_the_app_is_found_all_the_same_it_is_a_warning(tmp_path: Path) -> None:
    script = f"{HEAD}app = None\nif func:\n    {MADE}"

    told = _lines(tmp_path, {"function_app.py": script}, holding(function("tick")))

    assert told == [("function_app.py", 2, Severity.WARNING)]


@pytest.mark.parametrize(
    "script",
    [
        f"{HEAD}app = None\n{MADE}",
        f"{HEAD}{MADE}\ndef reset():\n    global app\n    app = None\n",
        f"{HEAD}main = func.FunctionApp()\napp = None  # of another framework\n",
        f"{HEAD}{MADE}client = None\n",
        f"{HEAD}try:\n    {MADE}except Exception:\n    app = None\n",
        f"{HEAD}app = None\ndef make():\n    global app\n    {MADE}make()\n",
        f"{HEAD}{MADE}import sys\nif 'pytest' in sys.modules:\n    app = None\n",
    ],
    ids=[
        *("bound later", "in a function", "another app", "another name", "the guard's"),
        *("bound by a function", "in a branch"),
    ],
)
def test_none_that_hides_no_app_is_silent(tmp_path: Path, script: str) -> None:
    assert _lines(tmp_path, {"function_app.py": script}, holding(function("tick"))) == []
