"""A retry policy that cannot be handed to the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.faults import Fault

_EXAMPLE = '@app.retry(strategy="fixed_delay", max_retry_count="3", delay_interval="00:00:10")'


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.RETRY):
        line, argument = _argument(fault)
        yield RULE.found(
            fault.file,
            line,
            f"{fault.function}: {argument} of its retry policy cannot be meant",
            evidence=fault.evidence(line),
            next=f"such as {_EXAMPLE}",
        )


def _argument(fault: Fault) -> tuple[int, str]:
    """Return the line of the argument at fault, and its name."""
    decorator = fault.definition.decorator("retry") if fault.definition else None
    if decorator is None:
        return fault.line, "an argument"
    message = fault.failure.message
    if "enum label" in message:
        names: tuple[str, ...] = ("strategy",)
    elif "int()" in message:
        names = ("max_retry_count",)
    else:
        names = ("delay_interval", "minimum_interval", "maximum_interval")
        given = [name for name in names if decorator.text(name) and decorator.text(name) in message]
        names = tuple(given) or names
    return decorator.line_of(*names), names[0]


RULE = Rule(
    id="retry-policy",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A retry policy has an unknown strategy, a count that is no number or a wrong interval.",
    why="The worker cannot put it into words for the host, and so finds no function of the app.",
    mend="Strategies are fixed_delay and exponential_backoff; intervals are written HH:MM:SS.",
    source="https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages",
    check=_check,
)
