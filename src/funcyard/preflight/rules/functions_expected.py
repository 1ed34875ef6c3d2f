"""The functions that were expected, against those that are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    found = [function.name for app in facts.apps for function in app.survey.index.functions]
    count, names = facts.request.expected_count, facts.request.expected_names
    if count is not None and len(found) != count:
        yield RULE.found(
            "", 0, f"{len(found)} of {count} expected functions are found", evidence=_list(found)
        )
    if names is not None and names != set(found):
        missing, unexpected = names - set(found), set(found) - names
        said = [f"missing: {_list(missing)}"] if missing else []
        said += [f"not expected: {_list(unexpected)}"] if unexpected else []
        yield RULE.found("", 0, "other functions are found than expected", evidence="; ".join(said))


def _list(names: list[str] | frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(names)) or "none"


RULE = Rule(
    id="functions-expected",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="Not the expected functions are found.",
    why="What is not found does not run, and a function that vanished is otherwise only missed.",
    mend="The findings before this one say why; else correct --expect or --expect-functions.",
    source="the expectation is your own",
    check=_check,
)
