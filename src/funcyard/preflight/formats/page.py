"""The rules as a page of the documentation: docs/check-rules.md is this text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.rule import Group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.preflight.rule import Rule

_HEAD = """# The rules of `funcyard check`

`funcyard check --explain RULE` prints one of these. The page is made from the rules themselves
(`scripts/rules-page.py`); [check.md](check.md) tells how to choose among them.
"""


def as_page(rules: Sequence[Rule]) -> str:
    """Return the page."""
    parts = [_HEAD]
    for group in Group:
        ours = [rule for rule in rules if rule.group is group]
        if ours:
            parts.append(f"## {group.value}\n")
            parts += [_section(rule) for rule in ours]
    return "\n".join(parts)


def _section(rule: Rule) -> str:
    return (
        f"### {rule.id}\n\n{rule.what} Severity: {rule.severity.value}.\n\n"
        f"- **Why:** {rule.why}\n- **Mend:** {rule.mend}\n- **Source:** {rule.source}\n"
    )
