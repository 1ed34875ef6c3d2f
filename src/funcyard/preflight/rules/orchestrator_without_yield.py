"""An orchestrator that starts work and never waits for it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from funcyard.preflight.durable import orchestrators
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.code.definitions import Definition
    from funcyard.preflight.facts import Facts

_TASKS = frozenset(
    {
        "call_activity",
        "call_activity_with_retry",
        "call_entity",
        "call_http",
        "call_sub_orchestrator",
        "call_sub_orchestrator_with_retry",
        "create_timer",
        "task_all",
        "task_any",
        "wait_for_external_event",
    }
)


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        for definition in orchestrators(app):
            call = _call_without_yield(definition)
            if call is not None:
                yield RULE.found(
                    definition.source.name,
                    call.lineno,
                    f"{definition.name}: never yields, so what it starts here is never waited for",
                    evidence=definition.source.line(call.lineno),
                    next=f"write yield {ast.unparse(call)}",
                )


def _call_without_yield(definition: Definition) -> ast.Call | None:
    """Return the first task that an orchestrator makes, None where it yields anything."""
    if isinstance(definition.node, ast.AsyncFunctionDef) or not definition.parameters:
        return None
    context = next(iter(definition.parameters))
    first: ast.Call | None = None
    for statement in definition.node.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Yield | ast.YieldFrom):
                return None
            if first is None and isinstance(node, ast.Call) and _is_task(node, context):
                first = node
    return first


def _is_task(node: ast.Call, context: str) -> bool:
    called = node.func
    return (
        isinstance(called, ast.Attribute)
        and called.attr in _TASKS
        and isinstance(called.value, ast.Name)
        and called.value.id == context
    )


RULE = Rule(
    id="orchestrator-without-yield",
    group=Group.DISCOVERY,
    severity=Severity.WARNING,
    what="An orchestrator calls activities or timers and holds no yield.",
    why=(
        "Without yield it is no generator: it runs to its end at once, the activities are not"
        " awaited and what they return is never seen."
    ),
    mend="Yield each task: result = yield context.call_activity(…).",
    source="https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-orchestrations",
    check=_check,
)
