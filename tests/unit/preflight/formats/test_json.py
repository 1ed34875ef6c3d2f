from __future__ import annotations

import json

from hypothesis import given
from tests.unit.preflight.formats.strategies import REPORTS

from funcyard.output import to_json
from funcyard.preflight.report import Report


@given(REPORTS)
def test_the_document_has_the_documented_keys_in_their_order(report: Report) -> None:
    document = json.loads(to_json(report.as_dict()))

    assert list(document) == ["findings", "functions"]
    for told, finding in zip(document["findings"], report.findings, strict=True):
        assert list(told) == ["rule", "severity", "file", "line", "message", "evidence", "next"]
        assert told["severity"] == finding.severity.value
        assert told["message"] == finding.message
    for told in document["functions"]:
        assert list(told)[:8] == [
            "app", "name", "trigger", "route", "schedule", "connection", "file", "line",
        ]  # fmt: skip
