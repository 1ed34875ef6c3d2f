"""Findings as workflow commands, which GitHub shows beside the lines of a pull request.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Severity

if TYPE_CHECKING:
    from funcyard.preflight.finding import Finding
    from funcyard.preflight.report import Report

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def as_github(report: Report) -> str:
    """Return one command a finding; an empty text where there is none."""
    return "\n".join(map(_command, report.findings))


def _command(finding: Finding) -> str:
    properties = {"title": finding.rule}
    if finding.file:
        properties |= {"file": finding.file}
    if finding.line:
        properties |= {"line": str(finding.line)}
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    said = [finding.message, finding.evidence, finding.next and f"next: {finding.next}"]
    return f"::{_COMMANDS[finding.severity]} {told}::{_data(chr(10).join(filter(None, said)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
