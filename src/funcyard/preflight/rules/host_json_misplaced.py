"""A setting of host.json that stands where the host does not look for it."""

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
                line = host.line_of(*odd.path)
                yield RULE.found(
                    host.name,
                    line,
                    f"the host of {app.name} does not see {'.'.join(odd.path)}: it belongs to"
                    f" {odd.instead}",
                    evidence=host.text.splitlines()[line - 1].strip(),
                    next=f"move it to {odd.instead}",
                )


RULE = Rule(
    id="host-json-misplaced",
    group=Group.SETTINGS,
    severity=Severity.WARNING,
    what="A documented setting of host.json stands at another place than documented.",
    why=(
        "The host ignores it without a word, and the default counts: a route prefix, a limit or a"
        " time-out that was meant is not in effect. Up to version 1 the settings of bindings stood"
        " at the top; since version 2 they stand in extensions."
    ),
    mend="Move it to the place that the finding names.",
    source="https://learn.microsoft.com/azure/azure-functions/functions-host-json",
    check=_check,
)
