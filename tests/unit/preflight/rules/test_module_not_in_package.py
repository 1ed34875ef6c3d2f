from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.unit.preflight.given import EMPTY, facts, found

from funcyard.functions.model import Index, LoadFailure
from funcyard.preflight.finding import Severity
from funcyard.preflight.rules import not_installed_here, requirement_missing
from funcyard.preflight.rules.module_not_in_package import RULE


def test_a_module_that_the_installed_release_lacks_is_told_with_that_release(
    tmp_path: Path,
) -> None:
    failure = LoadFailure(
        "ModuleNotFoundError", "No module named 'azure.functions.web'", "function_app.py", 1
    )
    survey = replace(EMPTY, index=Index(failure=failure), faults=(failure,))
    files = {
        "function_app.py": "from azure.functions.web import Router\n",
        "requirements.txt": "azure-functions==1.24.0\n",
    }
    given = facts(tmp_path, files, survey=survey)

    (finding,) = found(RULE, given)

    assert (finding.file, finding.line, finding.severity) == ("function_app.py", 1, Severity.ERROR)
    assert finding.message == (
        "importing api needs azure.functions.web, which azure-functions==1.24.0 does not have"
    )
    assert found(not_installed_here.RULE, given) == []
    assert found(requirement_missing.RULE, given) == []


def test_an_app_that_loads_is_fine(tmp_path: Path) -> None:
    files = {"function_app.py": "import azure.functions\n", "requirements.txt": "azure-functions\n"}

    assert found(RULE, facts(tmp_path, files)) == []
