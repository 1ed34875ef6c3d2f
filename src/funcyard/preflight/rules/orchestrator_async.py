"""An orchestrator that is a coroutine."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from funcyard.preflight.durable import orchestrators
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        for definition in orchestrators(app):
            if isinstance(definition.node, ast.AsyncFunctionDef):
                line = definition.node.lineno
                yield RULE.found(
                    definition.source.name,
                    line,
                    f"{definition.name}: is async, and an orchestrator has to be a generator",
                    evidence=definition.source.line(line),
                    next=f"write def {definition.node.name}(…), with yield in place of await",
                )


RULE = Rule(
    id="orchestrator-async",
    group=Group.DISCOVERY,
    severity=Severity.WARNING,
    what="An orchestrator of Durable Functions is written as async def.",
    why=(
        "It is found and then fails whenever it runs: Durable Functions replays a generator, and"
        " cannot make anything of a coroutine."
    ),
    mend="Write it as def, and yield what context.call_activity() and the like return.",
    source="https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-code-constraints",
    check=_check,
)
