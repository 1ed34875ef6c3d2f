"""The rules of ``funcyard check`` as text: a list, and the explanation of one."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from funcyard.output import table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funcyard.preflight.rule import Rule

_WIDTH = 96


def rules_table(rules: Iterable[Rule]) -> str:
    """Return every rule on a line."""
    rows = [(rule.group.value, rule.id, rule.severity.value, rule.what) for rule in rules]
    return table(["GROUP", "RULE", "SEVERITY", "WHAT"], rows)


def rule_text(rule: Rule) -> str:
    """Return what a rule means, why, how to mend it, and where it comes from."""
    parts = {"What": rule.what, "Why": rule.why, "Mend": rule.mend, "Source": rule.source}
    lines = [f"{rule.id} ({rule.severity.value}, {rule.group.value})"]
    for heading, text in parts.items():
        lines += ["", *_wrapped(heading, text)]
    return "\n".join(lines)


def rule_document(rule: Rule) -> dict[str, str]:
    """Return what ``--json`` says of a rule."""
    return {
        "id": rule.id,
        "group": rule.group.value,
        "severity": rule.severity.value,
        "what": rule.what,
        "why": rule.why,
        "mend": rule.mend,
        "source": rule.source,
    }


def _wrapped(heading: str, text: str) -> list[str]:
    indent = " " * 8
    first = f"{heading}:".ljust(8)
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
