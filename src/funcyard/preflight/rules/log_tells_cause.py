"""Lines of a deployed app's log that say why it does not work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    log = facts.request.log
    if log is None:
        return
    from funcyard.deployed.diagnosis import (  # noqa: PLC0415 - few runs read a log
        diagnose,
        found_by_another,
        shortened,
    )
    from funcyard.deployed.log import records_of  # noqa: PLC0415 - few runs read a log

    records = records_of(log.text)
    diagnoses = diagnose(records)
    for one in diagnoses:
        yield RULE.found(
            log.name,
            one.line,
            one.message,
            evidence="\n".join(one.evidence),
            next=one.clue.next,
            severity=Severity.WARNING if one.clue.is_warning else None,
        )
    other = None if diagnoses else found_by_another(records)
    if other is not None:
        yield RULE.found(
            log.name,
            other.line,
            "0 functions found (Custom) means nothing: it counts another provider than the worker",
            evidence=shortened(other.text),
            next="look for the lines with (Worker), and for N functions loaded",
            severity=Severity.NOTE,
        )


RULE = Rule(
    id="log-tells-cause",
    group=Group.DEPLOYED,
    severity=Severity.ERROR,
    what="A line of the deployed app's log says why it does not work (--logs).",
    why=(
        "The host, the worker and the platform each tell it in their own words, among thousands of"
        " others, and some lines that look like a cause are none: 0 functions found (Custom) counts"
        " another provider than the Python worker."
    ),
    mend=(
        "The finding says what the line means and which command explains it. Symptoms, such as a"
        " failed probe, are only told where the log holds no cause; lines before the last start"
        " that loaded functions do not count."
    ),
    source=(
        "azure-functions-host and azure-functions-runtime, which print the lines;"
        " https://learn.microsoft.com/azure/container-apps/troubleshoot-deployment-errors"
    ),
    check=_check,
)
