"""How a deployment is shown: what goes on, a plan, a report. Secrets are in none of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import click

from funcyard.deploy.deciding import Action
from funcyard.deploy.diff import HIDDEN, MISSING, Difference, spelled
from funcyard.deploy.drawing import graph_svg, timeline_svg
from funcyard.output import table, visible
from funcyard.project.tree import CannotWriteError
from funcyard.settings import is_secret_name

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.deploy.apply import Report
    from funcyard.deploy.events import Event
    from funcyard.deploy.plan import Plan, Step
    from funcyard.deploy.records import State
    from funcyard.deploy.resources.reach import Reach

LOSES: Final = (Action.DELETE, Action.REPLACE)
"""What is done to a resource that is no more then, or another."""
_FULL: Final = frozenset(
    {
        "blob-container",
        "cosmos-account",
        "cosmos-container",
        "cosmos-database",
        "digital-twins",
        "file-share",
        "queue",
        "storage-account",
        "table",
    }
)
"""What people and apps put data into."""
_QUIET = ("none",)
_LONG: Final = 80
"""So many characters of a text are shown to a person."""
_BEFORE: Final = 20
"""So many of them come before what differs."""


class Progress:
    """Prints on standard error what goes on, a line each.

    Args:
        is_shown: Whether it prints at all.
    """

    def __init__(self, *, is_shown: bool) -> None:
        self._is_shown = is_shown
        self._began = time.monotonic()

    def show(self, event: Event) -> None:
        """Show what happened to a resource; that nothing was to be done is not told."""
        if event.detail in _QUIET:
            return
        self.say(event.address, f"{event.stage.value} {event.detail}".strip())

    def say(self, who: str, words: str) -> None:
        """Show what is being done for somebody."""
        if self._is_shown:
            passed = time.monotonic() - self._began
            click.echo(f"{passed:7.1f} s  {who:<28}  {visible(words)}", err=True)


def told(difference: Difference) -> str:
    """Return a difference in a line; values of settings that are called like secrets are hidden."""
    if is_secret_name(str(difference.path[-1])) and not difference.is_secret:
        found = MISSING if difference.found is MISSING else HIDDEN
        wanted = MISSING if difference.wanted is MISSING else HIDDEN
        return visible(str(Difference(difference.path, found, wanted)))
    return visible(str(difference))


def in_a_line(difference: Difference) -> str:
    """Return a difference as a person reads it: of long texts what is around the first of it."""
    values = (difference.found, difference.wanted)
    texts = [one for one in values if isinstance(one, str)]
    if difference.is_secret or max(map(len, texts), default=0) <= _LONG:
        return told(difference)
    begin = max(0, _alike(*texts) - _BEFORE) if len(texts) > 1 else 0
    found, wanted = values
    found = _excerpt(found, begin) if isinstance(found, str) else found
    wanted = _excerpt(wanted, begin) if isinstance(wanted, str) else wanted
    return told(Difference(difference.path, found, wanted))


def plan_document(plan: Plan[Reach]) -> dict[str, Any]:
    """Return a plan for programs."""
    return {
        "writes": plan.writes,
        "counts": {action.value: count for action, count in plan.counts().items()},
        "resources": [
            {
                "address": step.resource.address,
                "kind": step.resource.kind,
                "identity": step.resource.identity,
                "action": step.decision.action.value,
                "reason": step.decision.reason,
                "differences": [
                    {"path": spelled(one.path), "change": told(one)}
                    for one in step.decision.differences
                ],
            }
            for step in plan.steps.values()
        ],
    }


NOTHING: Final = "nothing of this is deployed"
"""What is said of a plan about nothing at all."""


def plan_text(plan: Plan[Reach], nothing: str = NOTHING) -> str:
    """Return a plan for people: what is done, and why; ``nothing`` of one about nothing at all."""
    rows = [
        (step.decision.action.value, step.resource.address, step.resource.kind, note)
        for step in plan.steps.values()
        if step.decision.action.value not in _QUIET
        for note in _notes(step)
    ]
    counts = ", ".join(f"{count} {action.value}" for action, count in plan.counts().items())
    if not plan.steps:
        return nothing
    if not rows:
        return f"nothing to do: {len(plan.steps)} resources are as they shall be"
    return f"{table(['ACTION', 'RESOURCE', 'TYPE', 'WHY'], rows)}\n{counts}"


def report_document(report: Report, state: State) -> dict[str, Any]:
    """Return a report for programs."""
    return {
        "is_good": report.is_good,
        "resources": [
            {
                "address": report.addresses[identity],
                "identity": identity,
                "ending": result.ending.value,
                "action": result.what,
                "seconds": round(result.ended - result.began, 3),
                "error": None if result.failure is None else result.failure.as_dict(),
                "blocked_by": [report.addresses[other] for other in result.blocked_by],
            }
            for identity, result in report.results.items()
        ],
        "apps": apps_of(state),
    }


def apps_of(state: State) -> list[dict[str, Any]]:
    """Return where each app answers, and with which functions."""
    sites = [one for one in state.records.values() if one.kind == "function-app" and one.made]
    found = []
    for site in sorted(sites, key=lambda one: one.address):
        name = site.address.rpartition(".")[0]
        code = state.of_address(f"{name}.code")
        functions = code.outputs.get("functions") if code is not None else None
        found.append({"app": name, "url": site.outputs.get("url"), "functions": functions or []})
    return found


def apps_text(state: State) -> str:
    """Return where each app answers, as a table; empty where there is none."""
    rows = [(one["app"], one["url"], ", ".join(one["functions"])) for one in apps_of(state)]
    return table(["APP", "URL", "FUNCTIONS"], rows) if rows else ""


def draw(file: Path | None, plan: Plan[Reach] | None = None, report: Report | None = None) -> None:
    """Write the graph of a plan into a file, and a run's timeline beside it.

    Raises:
        CannotWriteError: They cannot be written.
    """
    if file is None:
        return
    try:
        if plan is not None:
            file.write_text(graph_svg(plan), encoding="utf-8")
        if report is not None:
            timeline = file.with_name(f"{file.stem}-timeline{file.suffix}")
            timeline.write_text(timeline_svg(report), encoding="utf-8")
    except OSError as fault:
        raise CannotWriteError(f"{file} cannot be drawn: {fault.strerror}") from fault


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts have in common before they differ."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _excerpt(text: str, begin: int) -> str:
    """Return a part of a text, with marks where something is left out."""
    end = begin + _LONG
    return f"{'…' * bool(begin)}{text[begin:end]}{'…' * (len(text) > end)}"


def _notes(step: Step[Reach]) -> list[str]:
    """Return what is said of a step, a line each; one line at least."""
    decision = step.decision
    goes = decision.action in LOSES and step.resource.kind in _FULL and not decision.reason
    lines = (
        "with all data in it" if goes else decision.reason,
        *map(in_a_line, decision.differences),
    )
    return [line for line in lines if line] or [""]
