from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.unit.preflight.failing import failing
from tests.unit.preflight.given import EMPTY, facts, found

from funcyard.functions.model import LoadFailure
from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.does_not_compile import RULE

BROKEN = "def broken(:\n"
UNCOMPILABLE = LoadFailure("SyntaxError", "invalid syntax", "helper.py", 1)


def test_a_file_that_the_app_imports_is_an_error_even_where_a_guard_hides_it(
    tmp_path: Path,
) -> None:
    script = "try:\n    import helper\nexcept Exception:\n    app = None\n"
    survey = replace(EMPTY, uncompilable=(UNCOMPILABLE,))

    given = facts(tmp_path, {"function_app.py": script, "helper.py": BROKEN}, survey=survey)

    (finding,) = found(RULE, given)
    assert (finding.file, finding.line, finding.severity) == ("helper.py", 1, Severity.ERROR)
    assert finding.evidence == "def broken(:\ninvalid syntax"


def test_a_file_that_nothing_imports_when_the_app_loads_is_a_warning(tmp_path: Path) -> None:
    script = "def later():\n    import helper\n"
    survey = replace(EMPTY, uncompilable=(UNCOMPILABLE,))

    given = facts(tmp_path, {"function_app.py": script, "helper.py": BROKEN}, survey=survey)

    assert [finding.severity for finding in found(RULE, given)] == [Severity.WARNING]


def test_the_failure_of_a_file_outside_of_the_app_is_told_too_and_once(tmp_path: Path) -> None:
    survey = failing("SyntaxError", "invalid syntax (helper.py, line 1)", "../shared/helper.py", 1)

    given = facts(
        tmp_path, {"app/function_app.py": "", "shared/helper.py": BROKEN}, app="app", survey=survey
    )

    (finding,) = found(RULE, given)
    assert (finding.file, finding.line) == ("shared/helper.py", 1)
    assert finding.evidence == "def broken(:\ninvalid syntax"


def test_a_file_with_the_markers_of_a_merge_is_that_rules(tmp_path: Path) -> None:
    survey = replace(EMPTY, uncompilable=(replace(UNCOMPILABLE, line=2),))
    conflict = "a = 1\n<<<<<<< HEAD\n=======\n>>>>>>> topic\n"

    given = facts(
        tmp_path, {"function_app.py": "import helper\n", "helper.py": conflict}, survey=survey
    )

    assert found(RULE, given) == []


def test_a_syntax_error_that_code_raises_is_no_file_that_does_not_compile(tmp_path: Path) -> None:
    survey = failing("SyntaxError", "invalid syntax (<string>, line 1)", "function_app.py", 1)

    assert found(RULE, facts(tmp_path, {"function_app.py": "eval('(')\n"}, survey=survey)) == []
