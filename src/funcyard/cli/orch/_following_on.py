"""The next command, as it has to be typed: about the app that the options of this one named."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from funcyard.cli.orch._which import Choice
    from funcyard.containerapps.health.results import Report

_COMMAND: Final = re.compile(
    r"\bfuncyard orch (?:revision (?:activate|deactivate|restart)"
    r"|capacity|health|logs|replicas|revisions|rollout|status)\b"
)


def about_the_same(text: str, choice: Choice) -> str:
    """Return words in which each command of ``funcyard orch`` names the app as this one did.

    What the environment or the default profile says holds for the next command, too.
    """
    given = [f"--{name} {shlex.quote(value)}" for name, value in choice.options.items()]
    if choice.profile:
        given.append(f"--profile {shlex.quote(choice.profile)}")
    if not given:
        return text
    return _COMMAND.sub(lambda found: " ".join([found[0], *given]), text)


def report_about_the_same(report: Report, choice: Choice) -> Report:
    """Return a report whose next commands name the app as this one did."""
    results = (
        replace(one, found=replace(one.found, next=about_the_same(one.found.next, choice)))
        for one in report.results
    )
    return replace(report, results=tuple(results))
