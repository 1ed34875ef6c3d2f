"""A rule: one question about the facts, with the explanation that goes with its findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity

if TYPE_CHECKING:
    from funcyard.preflight.facts import Facts

Check = Callable[["Facts"], Iterable[Finding]]


class Group(Enum):
    """What rules are about, from causes to effects."""

    WORKSTATION = "workstation"
    SOURCE = "source"
    PACKAGE = "package"
    DISCOVERY = "discovery"
    SETTINGS = "settings"
    IMAGE = "image"
    CAPACITY = "capacity"
    DEPLOYED = "deployed"


@dataclass(frozen=True, slots=True)
class Rule:
    """One question.

    Attributes:
        id: Its name for good: in output, configuration, suppressions.
        group: What it is about.
        severity: Of its findings, unless a finding says otherwise.
        what: What it finds, in one sentence.
        why: What happens in Azure when it is let through.
        mend: How to mend it.
        source: Where the rule comes from: a documentation page, or a measured fact.
        check: Looks at the facts; yields in no particular order.
        exit_status: What the command exits with where only such rules failed.
        asks_tools: Whether it asks tools of this machine, some of which take seconds to answer.
        asks_registries: Whether it asks registries of images, over the network.
        chosen_with: Another group; where only that one is chosen this rule is, too, since it says
            why the others could not judge.
    """

    id: str
    group: Group
    severity: Severity
    what: str
    why: str
    mend: str
    source: str
    check: Check
    exit_status: int = 1
    asks_tools: bool = False
    asks_registries: bool = False
    chosen_with: Group | None = None

    def found(
        self,
        file: str,
        line: int,
        message: str,
        *,
        evidence: str = "",
        next: str = "",  # noqa: A002 - the finding's own field
        severity: Severity | None = None,
    ) -> Finding:
        """Return a finding of this rule; see :class:`.finding.Finding`."""
        return Finding(self.id, severity or self.severity, file, line, message, evidence, next)
