"""A report for people: each finding with its place, what was seen and what to do next."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from funcyard.output import ESCAPED, visible
from funcyard.preflight.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.preflight.finding import Finding
    from funcyard.preflight.report import Report

_INDENT = " " * 9
_SHOWN_LINES = 12
_NARROWEST = 20
WIDTH = 100
"""Columns that a message is broken to, where there are that many."""


def as_table(report: Report, style: Callable[[str, Severity], str], width: int = WIDTH) -> str:
    """Return a report as text.

    Args:
        report: What was found.
        style: Colours a severity's word.
        width: Columns of the terminal; messages are broken, quotations and commands are not.
    """
    blocks = [_block(finding, style, min(width, WIDTH)) for finding in report.findings]
    return "\n\n".join([*blocks, _summary(report)])


def _block(finding: Finding, style: Callable[[str, Severity], str], width: int) -> str:
    word = style(finding.severity.value.ljust(7), finding.severity)
    file = visible(finding.file)
    place = f"{file}:{finding.line}" if finding.line else file
    lines = [f"{word}  {finding.rule}{f'  {place}' if place else ''}"]
    lines += textwrap.wrap(
        finding.message.translate(ESCAPED),
        max(width, len(_INDENT) + _NARROWEST),
        initial_indent=_INDENT,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
    seen = finding.evidence.strip().translate(ESCAPED).splitlines()
    lines += [f"{_INDENT}> {line}" for line in seen[:_SHOWN_LINES]]
    if len(seen) > _SHOWN_LINES:
        lines.append(f"{_INDENT}> … {len(seen) - _SHOWN_LINES} more lines")
    if finding.next:
        first, *rest = finding.next.translate(ESCAPED).splitlines()
        lines += [f"{_INDENT}next: {first}", *(f"{_INDENT}      {line}" for line in rest)]
    return "\n".join(lines)


def _summary(report: Report) -> str:
    apps = _count(report.apps, "app")
    found = _count(sum(function.exists for function in report.functions), "function")
    known = report.left_out if report.left_out and report.left_out.findings else None
    beside = f"; {visible(str(known))}" if known else ""
    if not report.findings and report.unloaded and not known:
        unloaded = _count(report.unloaded, "app")
        return f"{apps}, {found} found: {unloaded} not loaded, and what says why is left out"
    if not report.findings:
        return f"{apps}, {found} found: nothing {'new ' if known else ''}to mend{beside}"
    by_severity = {
        severity: sum(finding.severity is severity for finding in report.findings)
        for severity in Severity
    }
    told = ", ".join(_count(n, severity.value) for severity, n in by_severity.items() if n)
    first = report.findings[0].rule
    return (
        f"{apps}, {found} found: {told}; mend the first one first"
        f" (funcyard check --explain {first}){beside}"
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
