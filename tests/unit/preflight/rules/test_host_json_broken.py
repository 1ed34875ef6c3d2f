from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found

from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.host_json_broken import RULE


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('{\n  "version": "2.0"\n  "functionTimeout": "00:05:00"\n}', 3, "is not JSON"),
        ("", 1, "is not JSON"),
        ("[]", 1, "holds no JSON object"),
        ("{}", 1, "has no version"),
        ('{\n  "version": 2.0\n}', 2, "has the version 2.0"),
        ('{"version": "3.0"}', 1, "has the version '3.0'"),
        ("[" * 100_000, 1, "nested too deeply"),
    ],
)
def test_what_the_host_cannot_read_is_an_error_with_its_line(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    (finding,) = found(RULE, facts(tmp_path, {"host.json": text}))

    assert (finding.file, finding.line, finding.severity) == ("host.json", line, Severity.ERROR)
    assert finding.message.startswith("the host does not start api, for its host.json ")
    assert words in finding.message


def test_a_lacking_host_json_is_told(tmp_path: Path) -> None:
    (finding,) = found(RULE, facts(tmp_path, {"function_app.py": ""}))

    assert (finding.file, finding.message) == ("host.json", "api has no host.json")


@pytest.mark.parametrize(
    "text",
    [
        '{"version": "2.0"}',
        '{"Version": "2.0"}',
        '// comment\n{"version": "2.0", /* and\n another */ "functions": [],}',
        '\ufeff{"version": "2.0"}',
    ],
    ids=["least", "case", "comments and commas", "mark"],
)
def test_what_the_host_reads_is_fine(tmp_path: Path, text: str) -> None:
    assert found(RULE, facts(tmp_path, {"host.json": text})) == []
