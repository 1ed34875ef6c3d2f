"""The outcome of a preflight: findings from cause to effect, and the functions that were found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from funcyard.functions.model import Function
    from funcyard.preflight.facts import AppFacts
    from funcyard.preflight.finding import Finding, Severity
    from funcyard.preflight.rule import Rule

_DEFAULT_PREFIX = "api"


@dataclass(frozen=True, slots=True)
class FoundFunction:
    """One function as it is told.

    Attributes:
        app: Its app.
        name: Its name in Azure.
        trigger: Its trigger's type, such as ``httpTrigger``.
        route: Its path with the route prefix; None unless it is an HTTP function.
        schedule: A timer's schedule, else None.
        connection: The setting that holds its trigger's connection, else None.
        file: Where it is defined, relative to the checked folder.
        line: The line there.
    """

    app: str
    name: str
    trigger: str
    route: str | None
    schedule: str | None
    connection: str | None
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a preflight says.

    Attributes:
        findings: Worst first; among those as bad, causes before effects.
        functions: What the worker would find, app by app.
        apps: How many apps were looked at.
    """

    findings: tuple[Finding, ...]
    functions: tuple[FoundFunction, ...]
    apps: int

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
        return {"findings": self.findings, "functions": self.functions}


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
    prefix = prefix if isinstance(prefix, str) else _DEFAULT_PREFIX
    return tuple(_told(app, function, prefix) for function in app.survey.index.functions)


def _told(app: AppFacts, function: Function, prefix: str) -> FoundFunction:
    trigger = function.trigger
    route = None
    if trigger.type == "httpTrigger":
        own = trigger.get("route")
        parts = (prefix.strip("/"), str(function.name if own is None else own).strip("/"))
        route = "/" + "/".join(part for part in parts if part)
    schedule, connection = trigger.get("schedule"), trigger.get("connection")
    return FoundFunction(
        app=app.name,
        name=function.name,
        trigger=trigger.type,
        route=route,
        schedule=None if schedule is None else str(schedule),
        connection=None if connection is None else str(connection),
        file=app.name_of(function.file),
        line=function.line,
    )
