"""A report as SARIF 2.1.0, which code scanning and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from funcyard import __version__
from funcyard.output import to_json
from funcyard.preflight.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.preflight.finding import Finding
    from funcyard.preflight.report import Report
    from funcyard.preflight.rule import Rule

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def as_sarif(report: Report, rules: Sequence[Rule]) -> str:
    """Return a report as one SARIF log; ``rules`` are those that ran."""
    positions = {rule.id: position for position, rule in enumerate(rules)}
    driver = {
        "name": "funcyard check",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_described(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, positions) for finding in report.findings],
    }
    return to_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _described(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.what},
        "fullDescription": {"text": f"{rule.what} {rule.why}"},
        "help": {"text": f"{rule.mend}\n\nSource: {rule.source}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.group.value]},
    }


def _result(finding: Finding, positions: dict[str, int]) -> dict[str, Any]:
    text = "\n".join(filter(None, [finding.message, finding.evidence, finding.next]))
    identity = "\0".join([finding.rule, finding.file, finding.evidence or finding.message])
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": positions[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "partialFingerprints": {
            "funcyardFinding/v1": hashlib.sha256(
                identity.encode(errors="surrogatepass")
            ).hexdigest()
        },
    }
    if finding.file:
        place: dict[str, Any] = {"artifactLocation": {"uri": quote(os.fsencode(finding.file))}}
        if finding.line:
            place["region"] = {"startLine": finding.line}
        result["locations"] = [{"physicalLocation": place}]
    return result
