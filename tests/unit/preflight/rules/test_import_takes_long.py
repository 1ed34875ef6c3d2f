from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.unit.preflight.given import EMPTY, facts, found

from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.import_takes_long import RULE

FILES = {"app/function_app.py": "import azure.functions\n"}


def test_an_import_of_many_seconds_is_told_with_how_to_find_out_why(tmp_path: Path) -> None:
    survey = replace(EMPTY, seconds=12.4)

    (finding,) = found(RULE, facts(tmp_path, FILES, app="app", survey=survey))

    assert (finding.file, finding.severity) == ("app/function_app.py", Severity.WARNING)
    assert "took 12 s" in finding.message
    assert finding.next == "cd app && python -X importtime -c 'import function_app'"


def test_a_quick_import_is_fine(tmp_path: Path) -> None:
    assert found(RULE, facts(tmp_path, FILES, app="app", survey=replace(EMPTY, seconds=2.0))) == []
