from __future__ import annotations

import re

import pytest
from hypothesis import given
from tests.unit.preflight.formats.strategies import REPORTS

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.formats.table import WIDTH, as_table
from funcyard.preflight.report import Report

LONG = "api: " + "the worker accepts dict or none at all and no other annotation of it " * 3


def _table(*findings: Finding, width: int = WIDTH) -> str:
    return as_table(Report(findings, (), 1), lambda word, _: word, width)


def _finding(**given: object) -> Finding:
    fields = {"file": "a/b.py", "line": 14, "message": "api: wrong", "evidence": "", "next": ""}
    return Finding("some-rule", Severity.ERROR, **{**fields, **given})  # type: ignore[arg-type]  # fields by name


def test_a_finding_is_told_with_place_quotation_and_what_to_do() -> None:
    text = _table(_finding(evidence="def f(x: dict[str, Any]):", next="funcyard check --fix\nthen"))

    assert text.split("\n\n")[0] == (
        "error    some-rule  a/b.py:14\n"
        "         api: wrong\n"
        "         > def f(x: dict[str, Any]):\n"
        "         next: funcyard check --fix\n"
        "               then"
    )


@pytest.mark.parametrize("width", [80, 100, 200])
def test_messages_are_broken_to_the_terminal_and_never_wider_than_a_page(width: int) -> None:
    lines = _table(_finding(message=LONG), width=width).splitlines()[1:-2]

    assert max(map(len, lines)) <= min(width, WIDTH)
    assert " ".join(line.strip() for line in lines) == LONG.strip()


def test_a_terminal_of_no_width_is_no_fault() -> None:
    assert "annotation" in _table(_finding(message=LONG), width=0)


def test_names_are_not_broken() -> None:
    name = "a-very-long-name-with-hyphens/" * 4

    assert name in _table(_finding(message=f"api: {name} is wrong"), width=80)


def test_without_a_place_none_is_told_and_long_quotations_end() -> None:
    text = _table(_finding(file="", line=0, evidence="\n".join(f"line {n}" for n in range(20))))

    assert text.startswith("error    some-rule\n")
    assert text.count("\n         > ") == 13
    assert "> … 8 more lines" in text


def test_the_word_alone_is_coloured() -> None:
    text = as_table(Report((_finding(),), (), 1), lambda word, _: f"<{word}>")

    assert re.findall(r"<.*?>", text) == ["<error  >"]


def test_what_would_steer_a_terminal_is_shown_escaped() -> None:
    text = _table(
        _finding(file="a\nb.py", message="m\x1b[2J", evidence="e\x07\u202e", next="n\x9b")
    )

    assert text.split("\n\n")[0] == (
        "error    some-rule  a\\nb.py:14\n"
        "         m\\x1b[2J\n"
        "         > e\\x07\\u202e\n"
        "         next: n\\x9b"
    )


@given(REPORTS)
def test_any_report_is_a_text(report: Report) -> None:
    text = as_table(report, lambda word, _: word)

    assert all(finding.rule in text for finding in report.findings)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text)
