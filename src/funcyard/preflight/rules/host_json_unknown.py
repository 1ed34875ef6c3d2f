"""A setting of host.json that nothing documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.settings.documented import oddities

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        host = app.host_json
        if host is None or not isinstance(host.document, dict):
            continue
        for odd in oddities(host.document):
            if odd.instead:
                continue
            line = host.line_of(*odd.path)
            yield RULE.found(
                host.name,
                line,
                f"host.json of {app.name} sets {'.'.join(odd.path)}, which is not documented",
                evidence=host.text.splitlines()[line - 1].strip(),
                next=f"did you mean {odd.close}?" if odd.close else "take it out, or correct it",
                severity=None if odd.close else Severity.NOTE,
            )


RULE = Rule(
    id="host-json-unknown",
    group=Group.SETTINGS,
    severity=Severity.WARNING,
    what="host.json sets something that is not documented.",
    why=(
        "The host ignores what it does not know without a word, so a slip of the pen leaves the"
        " default in effect. Where no documented name is near, it is a note: the setting may be"
        " newer than this list, or an extension's own."
    ),
    mend="Correct the name, or take the setting out.",
    source="https://learn.microsoft.com/azure/azure-functions/functions-host-json",
    check=_check,
)
