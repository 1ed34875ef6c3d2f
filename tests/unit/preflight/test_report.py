from __future__ import annotations

import pytest

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.report import Report, ordered
from funcyard.preflight.rules import RULES

UNREACHABLE, REFUSED, MARKER = (
    "deployed-unreachable",
    "deployed-key-refused",
    "merge-conflict-marker",
)


def _finding(rule: str, severity: Severity = Severity.ERROR, line: int = 1) -> Finding:
    return Finding(rule, severity, "a.py", line, "wrong")


@pytest.mark.parametrize(
    ("findings", "at", "status"),
    [
        ([], Severity.NOTE, 0),
        ([_finding(MARKER, Severity.WARNING)], Severity.ERROR, 0),
        ([_finding(MARKER, Severity.WARNING)], Severity.WARNING, 1),
        ([_finding(MARKER)], Severity.NOTE, 1),
        ([_finding(REFUSED)], Severity.ERROR, 3),
        ([_finding(UNREACHABLE)], Severity.ERROR, 4),
        ([_finding(UNREACHABLE), _finding(MARKER)], Severity.ERROR, 1),
        ([_finding(UNREACHABLE), _finding(MARKER, Severity.WARNING)], Severity.ERROR, 4),
        ([_finding(UNREACHABLE), _finding(REFUSED)], Severity.ERROR, 1),
    ],
)
def test_what_could_not_be_asked_gives_its_status_only_where_nothing_else_failed(
    findings: list[Finding], at: Severity, status: int
) -> None:
    assert Report(tuple(findings), (), 1).exit_status(at, RULES) == status


def test_findings_are_told_once_worst_first_then_causes_before_effects() -> None:
    given = [
        _finding(UNREACHABLE),
        _finding(MARKER, line=9),
        _finding(MARKER, line=2),
        _finding("suppression-without-reason", Severity.WARNING),
        _finding(MARKER, line=2),
    ]

    assert [(f.rule, f.line) for f in ordered(given, RULES)] == [
        (MARKER, 2),
        (MARKER, 9),
        (UNREACHABLE, 1),
        ("suppression-without-reason", 1),
    ]
