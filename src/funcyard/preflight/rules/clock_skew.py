"""A clock of this machine that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts

ALLOWED = 300.0
"""Seconds: tokens of Microsoft Entra ID are good from, and until, a moment, with five minutes of
grace; Azure Storage refuses requests that are dated fifteen minutes off."""


def _check(facts: Facts) -> Iterator[Finding]:
    skew = facts.deployed.skew if facts.deployed else None
    if skew is None:
        yield from _against_files(facts)
    elif abs(skew) > ALLOWED:
        side = "ahead of" if skew > 0 else "behind"
        yield RULE.found(
            "",
            0,
            f"the clock of this machine is {_told(abs(skew))} {side} that of the deployed app",
            next="set the clock; timedatectl says whether NTP keeps it",
        )


def _against_files(facts: Facts) -> Iterator[Finding]:
    """Without another clock: files that were saved in the future tell of one that went back."""
    ahead = []
    for app in facts.apps:
        for source in app.sources:
            try:
                later = source.path.stat().st_mtime - facts.workstation.now
            except OSError:
                continue
            if later > ALLOWED:
                ahead.append((later, source.name))
    if ahead:
        later, name = max(ahead)
        yield RULE.found(
            name,
            0,
            f"the clock of this machine may be behind: {name} was saved {_told(later)} from now",
            next="date; set the clock, or touch the file if it was dated by hand",
            severity=Severity.NOTE,
        )


def _told(seconds: float) -> str:
    minutes = int(seconds // 60)
    hours, days = minutes // 60, minutes // 1440
    for number, unit in ((days, "day"), (hours, "hour"), (minutes, "minute")):
        if number:
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return f"{int(seconds)} seconds"


RULE = Rule(
    id="clock-skew",
    group=Group.WORKSTATION,
    severity=Severity.WARNING,
    what=(
        "The clock of this machine is more than five minutes off: compared with the deployed app"
        " under --online, else, as a note, with files that were saved in the future."
    ),
    why=(
        "Sign-ins and signatures carry the time: az and the storage clients are refused with"
        " errors about tokens and authentication that do not mention the clock."
    ),
    mend="Set the clock. Virtual machines and WSL lose it when the computer sleeps.",
    source="https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key",
    check=_check,
)
