"""A time limit for functions that the plan of the function app does not allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.infrastructure.linking import settings_of
from funcyard.preflight.infrastructure.plans import plan_of
from funcyard.preflight.infrastructure.telling import in_each
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.infrastructure.deployment import Deployment
    from funcyard.preflight.infrastructure.settings import DeployedSettings

_NAME = "functiontimeout"
_SETTINGS = tuple(f"azurefunctionsjobhost{mark}{_NAME}" for mark in ("__", ":"))
"""The app settings that count instead of host.json."""
_UNLIMITED = "-1"
_MOST = 600
"""Seconds."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A time limit where it is written."""

    text: str
    file: str
    line: int
    evidence: str

    @property
    def is_too_long(self) -> bool:
        from funcyard.host.timespan import parse_timespan  # noqa: PLC0415 - keeps --help fast

        try:
            return self.text == _UNLIMITED or parse_timespan(self.text).total_seconds() > _MOST
        except ValueError:
            return False  # the rule on values tells it


def _check(facts: Facts) -> Iterator[Finding]:
    yield from in_each(facts.infrastructure.deployments, lambda one: _of(facts, one))


def _of(facts: Facts, deployment: Deployment) -> Iterator[Finding]:
    for settings, app in settings_of(facts, deployment):
        plan = plan_of(deployment, settings.resource)
        if app is None or plan is None or not plan.is_consumption:
            continue
        written = _written(facts, app, settings)
        if written is not None and written.is_too_long:
            how = "no limit" if written.text == _UNLIMITED else written.text
            sku = facts.infrastructure.line(plan.sku)
            yield RULE.found(
                written.file,
                written.line,
                f"{app.name} sets {how} as functionTimeout, and {settings.owner} runs on the"
                f" Consumption plan {plan.name}, where 10 minutes are the most: its host does not"
                " start",
                evidence=f"{written.evidence}\n{plan.sku.file}:{plan.sku.line}: {sku}",
                next="write 00:10:00 or less, or deploy it on Flex Consumption (sku FC1)",
            )


def _written(facts: Facts, app: AppFacts, settings: DeployedSettings) -> _Written | None:
    """Return the time limit that counts, None where there is none or it is not known."""
    for name, value in settings.values.items():
        if name.lower() in _SETTINGS:
            evidence = facts.infrastructure.line(value)
            return _Written(value.text, value.file, value.line, evidence) if value.known else None
    host = app.host_json
    if host is None or not isinstance(host.document, dict) or not settings.complete:
        return None
    for name, value in host.document.items():
        if name.lower() == _NAME and value is not None:
            line = host.line_of(name)
            return _Written(str(value), host.name, line, host.text.splitlines()[line - 1].strip())
    return None


RULE = Rule(
    id="function-timeout-too-long",
    group=Group.SETTINGS,
    severity=Severity.ERROR,
    what="functionTimeout is longer than the plan that a template puts the app on allows.",
    why=(
        "On the Consumption plan a function may run 10 minutes at most, and 5 where functionTimeout"
        " is not set. The host refuses a longer limit, -1 for none among them, and does not start."
        " Flex Consumption, Premium, Dedicated and Container Apps know no maximum, and 30 minutes"
        " are the default there, as under funcyard up. The app setting"
        " AzureFunctionsJobHost__functionTimeout counts instead of host.json."
    ),
    mend="Write a shorter limit, or deploy the app on a plan without one.",
    source=(
        "https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout;"
        " azure-functions-host, ScriptJobHostOptionsSetup"
    ),
    check=_check,
)
