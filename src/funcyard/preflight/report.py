"""The outcome of a preflight: findings from cause to effect, and the functions that were found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from funcyard.functions.found import DEFAULT_PREFIX, Telling
from funcyard.host.functions_view import why_unsupported
from funcyard.preflight.causes import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from funcyard.functions.found import FoundFunction
    from funcyard.preflight.facts import AppFacts
    from funcyard.preflight.finding import Finding, Severity
    from funcyard.preflight.rule import Rule


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a baseline left out of a report.

    Attributes:
        file: The baseline, relative to the checked folder.
        findings: How many it left out.
    """

    file: str
    findings: int

    def __str__(self) -> str:
        """Tell it as a clause."""
        number = self.findings
        return f"{self.file} leaves {number} finding{'' if number == 1 else 's'} out"


@dataclass(frozen=True, slots=True)
class Report:
    """What a preflight says.

    Attributes:
        findings: Worst first; among those as bad, causes before effects.
        functions: What the worker would find, and what it would miss, app by app.
        apps: How many apps were looked at.
        left_out: What a baseline left out; None where none was read.
        unloaded: How many apps could not be loaded, whatever rules ran.
    """

    findings: tuple[Finding, ...]
    functions: tuple[FoundFunction, ...]
    apps: int
    left_out: LeftOut | None = None
    unloaded: int = 0

    def exit_status(self, at: Severity, rules: Iterable[Rule]) -> int:
        """Return what the command exits with.

        Args:
            at: Lowest severity that counts.
            rules: Those that ran; each says what its findings alone would end the command with.

        Returns:
            0 where nothing is as bad as that, the failing rules' status where they agree on one,
            else 1: what was found wrong counts more than what could not be asked.
        """
        statuses = {rule.id: rule.exit_status for rule in rules}
        failing = {statuses[one.rule] for one in self.findings if one.severity.rank <= at.rank}
        if not failing:
            return 0
        return failing.pop() if len(failing) == 1 else 1

    def as_dict(self) -> dict[str, Any]:
        """Return what ``--format json`` prints."""
        told: dict[str, Any] = {"findings": self.findings, "functions": self.functions}
        if self.left_out is not None:
            told["baseline"] = {"file": self.left_out.file, "left_out": self.left_out.findings}
        return told


def ordered(findings: Iterable[Finding], rules: Sequence[Rule]) -> tuple[Finding, ...]:
    """Return findings, each once, in the order of a report; ``rules`` are in that of causes."""
    order = {rule.id: position for position, rule in enumerate(rules)}
    return tuple(
        sorted(
            dict.fromkeys(findings),
            key=lambda f: (f.severity.rank, order[f.rule], f.file, f.line, f.message),
        )
    )


def functions_of(app: AppFacts) -> tuple[FoundFunction, ...]:
    """Return the functions of an app as they are told."""
    host = app.host_json
    prefix = host.get("extensions", "http", "routePrefix") if host else None
    telling = Telling(
        app=app.name,
        prefix=prefix if isinstance(prefix, str) else DEFAULT_PREFIX,
        settings=app.target.settings,
        unsupported=why_unsupported,
        name_of=app.name_of,
        words=words_of,
    )
    return telling.all_of(app.survey)
