"""SARIF logs, by the schema that Microsoft's own SARIF tools check with."""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any
from urllib.parse import unquote_to_bytes

from hypothesis import given, settings
from jsonschema import Draft4Validator
from tests.github_description import judges
from tests.unit.preflight.formats.strategies import REPORTS

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.formats.sarif import as_sarif
from funcyard.preflight.report import Report
from funcyard.preflight.rules import RULES

_SCHEMA = "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"


@cache
def _schema() -> Draft4Validator:
    document = json.loads((judges() / _SCHEMA).read_text(encoding="utf-8"))
    return Draft4Validator(document)


def _log(report: Report) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(as_sarif(report, RULES))
    return document


def test_the_schema_would_see_a_fault() -> None:
    log = _log(Report((), (), 0))
    log["runs"][0]["results"] = [{"level": "fatal", "message": {"text": "x"}}]

    assert not _schema().is_valid(log)


@given(report=REPORTS)
@settings(deadline=None)
def test_every_report_is_a_valid_log(report: Report) -> None:
    log = _log(report)

    _schema().validate(log)
    (run,) = log["runs"]
    for result, finding in zip(run["results"], report.findings, strict=True):
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == finding.rule
        assert result["message"]["text"].startswith(finding.message)
        places = [place["physicalLocation"] for place in result.get("locations", [])]
        names = [place["artifactLocation"]["uri"] for place in places]
        assert [os.fsdecode(unquote_to_bytes(name)) for name in names] == [finding.file][
            : len(names)
        ]
        assert bool(names) == bool(finding.file)
        assert [place.get("region", {"startLine": 0})["startLine"] for place in places] == [
            finding.line
        ][: len(places)]


def test_what_is_found_again_has_the_same_fingerprint_wherever_the_line_went() -> None:
    def fingerprint(line: int, evidence: str = "x = 1") -> Any:  # noqa: ANN401 - JSON
        finding = Finding(RULES[0].id, Severity.ERROR, "a.py", line, "wrong", evidence)
        return _log(Report((finding,), (), 1))["runs"][0]["results"][0]["partialFingerprints"]

    assert fingerprint(1) == fingerprint(99)
    assert fingerprint(1) != fingerprint(1, "x = 2")


def test_a_path_is_an_address_that_a_reader_can_open() -> None:
    finding = Finding(RULES[0].id, Severity.NOTE, "src/a b#c%.py", 3, "wrong")
    (result,) = _log(Report((finding,), (), 1))["runs"][0]["results"]

    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "src/a%20b%23c%25.py"
