from __future__ import annotations

import re

from hypothesis import given
from tests.unit.preflight.formats.strategies import REPORTS

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.formats.github import as_github
from funcyard.preflight.report import Report

_COMMAND = re.compile(r"::(?P<name>error|warning|notice) (?P<properties>[^:]*)::(?P<data>.*)")
_NAMES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def _read(line: str) -> tuple[str, dict[str, str], str]:
    """Read a command as the runner documents and does (actions/runner, ActionCommand)."""
    match = _COMMAND.fullmatch(line)
    assert match is not None, line
    properties = dict(pair.split("=", 1) for pair in match["properties"].split(","))
    unescaped = {
        name: _data(value.replace("%3A", ":").replace("%2C", ","))
        for name, value in properties.items()
    }
    return match["name"], unescaped, _data(match["data"])


def _data(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


@given(REPORTS)
def test_every_finding_is_one_line_that_the_runner_reads_as_it_was_meant(report: Report) -> None:
    text = as_github(report)
    lines = re.split(r"\r\n|\n|\r", text) if text else []

    assert len(lines) == len(report.findings)
    for line, finding in zip(lines, report.findings, strict=True):
        name, properties, said = _read(line)
        assert name == _NAMES[finding.severity]
        assert properties["title"] == finding.rule
        assert properties.get("file", "") == finding.file
        assert properties.get("line", "0") == str(finding.line)
        assert said.startswith(finding.message)
        assert finding.evidence in said
        assert finding.next in said


def test_a_command_as_it_is_documented() -> None:
    finding = Finding("a-rule", Severity.WARNING, "a,b:c.py", 7, "100% wrong", "x = 1\r\n", "do")

    assert as_github(Report((finding,), (), 1)) == (
        "::warning title=a-rule,file=a%2Cb%3Ac.py,line=7::100%25 wrong%0Ax = 1%0D%0A%0Anext: do"
    )


def test_nothing_found_is_an_empty_text() -> None:
    assert as_github(Report((), (), 1)) == ""
