"""Comments that leave findings out: which text is one, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found, write

from funcyard.preflight import suppression
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rules import suppression_of_no_rule
from funcyard.preflight.suppression import without_suppressed

WRONG = "funcyard: ignore[no-such-rule]"


def _finding(file: str, line: int) -> Finding:
    return Finding("does-not-compile", Severity.ERROR, file, line, "wrong")


def _left(root: Path, file: str, line: int) -> bool:
    return list(without_suppressed([_finding(file, line)], root)) == []


@pytest.mark.parametrize(
    "source",
    [
        f'"""How to leave one out:\n\n    x = 1  # {WRONG} because\n"""\n',
        f"HINT = '# {WRONG} because'\n",
        f'HINT = f"""{{1}}\n# {WRONG}\n"""\n',
        f"URL = 'http://{WRONG}'\n",
    ],
    ids=["docstring", "string", "f-string", "slashes"],
)
def test_text_in_a_string_is_no_comment(tmp_path: Path, source: str) -> None:
    given = facts(tmp_path, {"function_app.py": source})

    assert found(suppression_of_no_rule.RULE, given) == []
    assert found(suppression.RULE, given) == []


def test_a_comment_beside_such_a_string_counts(tmp_path: Path) -> None:
    source = f"HINT = '# {WRONG} one'  # {WRONG.replace('such', 'other')} two\n"

    (finding,) = found(suppression_of_no_rule.RULE, facts(tmp_path, {"function_app.py": source}))

    assert "'no-other-rule'" in finding.message
    assert finding.evidence == source.strip()


def test_a_string_on_the_line_of_a_finding_leaves_nothing_out(tmp_path: Path) -> None:
    said = "# funcyard: ignore[does-not-compile] because it is quoted"
    write(tmp_path, {"a.py": f"a = '{said}'\nb = 1  {said}\n", "b.txt": f"x {said}\n"})

    assert not _left(tmp_path, "a.py", 1)
    assert _left(tmp_path, "a.py", 2)
    assert _left(tmp_path, "b.txt", 1)


def test_a_comment_counts_in_a_file_that_python_cannot_read(tmp_path: Path) -> None:
    said = "# funcyard: ignore[does-not-compile] a draft"
    write(
        tmp_path, {"a.py": f"def (:  {said}\n", "b.py": f"x = '''\n{said}\n", "c.py": f"\0 {said}"}
    )

    assert _left(tmp_path, "a.py", 1)
    assert _left(tmp_path, "b.py", 2)
    assert _left(tmp_path, "c.py", 1)


def test_lines_are_counted_as_python_counts_them(tmp_path: Path) -> None:
    said = "# funcyard: ignore[does-not-compile] a draft"
    write(tmp_path, {"a.py": f"\ufeffa = 1\x0c\nb = 'one\x85two'\nc = 3  {said}\n"})

    assert _left(tmp_path, "a.py", 3)
    assert not _left(tmp_path, "a.py", 2)
