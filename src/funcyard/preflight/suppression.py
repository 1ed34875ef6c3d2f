"""Findings left out by a comment with its reason: ``# funcyard: ignore[rule] why``.

The comment stands on the finding's line or on the line above, in any file whose comments begin with
``#`` or ``//``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.plain_files import read_text
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from funcyard.preflight.facts import Facts

_COMMENT = re.compile(r"(?:#|//)\s*funcyard:\s*ignore\[(?P<rules>[a-z0-9, -]+)\]\s*(?P<reason>.*)")


def is_suppressed(finding: Finding, lines: list[str]) -> bool:
    """Tell whether a comment in the finding's file gives a reason to leave it out."""
    for number in (finding.line, finding.line - 1):
        text = lines[number - 1] if 0 < number <= len(lines) else ""
        match = _COMMENT.search(text)
        if match and match["reason"].strip():
            return finding.rule in {name.strip() for name in match["rules"].split(",")}
    return False


def without_suppressed(findings: Iterable[Finding], root: Path) -> Iterator[Finding]:
    """Yield the findings that no comment leaves out."""
    files: dict[str, list[str]] = {}
    for finding in findings:
        if finding.line and finding.file not in files:
            files[finding.file] = _lines(root / finding.file)
        if not finding.line or not is_suppressed(finding, files[finding.file]):
            yield finding


def _lines(path: Path) -> list[str]:
    try:
        return read_text(path, errors="replace").splitlines()
    except OSError:
        return []


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        for source in app.sources:
            if "funcyard:" not in source.text:
                continue
            for number, text in enumerate(source.lines, start=1):
                match = _COMMENT.search(text)
                if match and not match["reason"].strip():
                    yield RULE.found(
                        source.name,
                        number,
                        f"the comment leaves out {match['rules']} and gives no reason",
                        evidence=text.strip(),
                        next=f"# funcyard: ignore[{match['rules']}] because …",
                    )


RULE = Rule(
    id="suppression-without-reason",
    group=Group.SOURCE,
    severity=Severity.WARNING,
    what="A comment leaves a finding out and does not say why.",
    why="Nobody can tell later whether the reason still holds; so the comment does not count.",
    mend="Write the reason after the bracket.",
    source="Funcyard's own",
    check=_check,
)
