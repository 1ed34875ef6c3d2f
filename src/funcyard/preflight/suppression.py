"""Findings left out by a comment with its reason: ``# funcyard: ignore[rule] why``.

The comment stands on the finding's line or on the line above, in any file whose comments begin with
``#`` or ``//``. In a Python source only comments count, no text of a string.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.plain_files import read_text
from funcyard.preflight.comments import comments_in
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from funcyard.preflight.facts import AppFacts, Facts

_MARK = "funcyard:"
_COMMENT = re.compile(r"(?:#|//)\s*funcyard:\s*ignore\[(?P<rules>[^\]]*)\]\s*(?P<reason>.*)")


def is_suppressed(finding: Finding, comments: Mapping[int, str]) -> bool:
    """Tell whether a comment in the finding's file gives a reason to leave it out.

    Args:
        finding: The finding.
        comments: The file's comments by line; see :func:`.comments.comments_in`.
    """
    for number in (finding.line, finding.line - 1):
        match = _COMMENT.search(comments.get(number, ""))
        if match and match["reason"].strip():
            return finding.rule in {name.strip() for name in match["rules"].split(",")}
    return False


def without_suppressed(findings: Iterable[Finding], root: Path) -> Iterator[Finding]:
    """Yield the findings that no comment leaves out."""
    files: dict[str, Mapping[int, str]] = {}
    for finding in findings:
        if finding.line and finding.file not in files:
            files[finding.file] = _comments(root / finding.file)
        if not finding.line or not is_suppressed(finding, files[finding.file]):
            yield finding


def _comments(path: Path) -> Mapping[int, str]:
    try:
        text = read_text(path, "utf-8-sig", "replace")
    except OSError:
        return {}
    return comments_in(path.name, text) if _MARK in text else {}


def comments_of(app: AppFacts) -> Iterator[tuple[str, int, str, list[str], str]]:
    """Yield the comments in an app's sources that leave findings out.

    Each is its file, line, text, the rules that it names, and its reason, which may be empty.
    """
    for source in app.sources:
        if _MARK not in source.text:
            continue
        for number, text in comments_in(source.name, source.text).items():
            if match := _COMMENT.search(text):
                rules = [name.strip() for name in match["rules"].split(",")]
                yield source.name, number, source.line(number), rules, match["reason"].strip()


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        for file, number, text, rules, reason in comments_of(app):
            if not reason:
                named = ", ".join(rules)
                yield RULE.found(
                    file,
                    number,
                    f"the comment leaves out {named} and gives no reason",
                    evidence=text,
                    next=f"# funcyard: ignore[{named}] because …",
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
