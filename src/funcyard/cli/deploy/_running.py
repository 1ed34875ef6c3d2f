"""A run that changes something: asked about, carried out, told; and what it exits with."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import click

from funcyard.cli._ask import can_ask, interruptible
from funcyard.cli.deploy import _view
from funcyard.deploy.apply import Report
from funcyard.deploy.plan import Plan
from funcyard.errors import UsageError
from funcyard.output import first_few, to_json
from funcyard.project.tree import CannotWriteError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from funcyard.deploy.records import State
    from funcyard.deploy.resources.reach import Reach


class NotAskedError(UsageError):
    """Something would be lost, and nobody can be asked."""

    code = "not-asked"


class Shown(Protocol):
    """How a command was asked to show what it does."""

    @property
    def svg(self) -> Path | None:
        """Where the graph is drawn; None draws nothing."""

    @property
    def as_json(self) -> bool:
        """Whether one JSON document is printed."""


class Recorded(Protocol):
    """What is deployed, with what is recorded of it."""

    async def state(self) -> State:
        """Return what is recorded."""


@dataclass
class Approval:
    """Whether a plan is carried out.

    Attributes:
        choice: How it is shown.
        yes: Ask nothing.
        nothing: What is said of a plan about nothing at all.
        plan: What was asked about.
    """

    choice: Shown
    yes: bool
    nothing: str = _view.NOTHING
    plan: Plan[Reach] | None = field(default=None, init=False)

    def __call__(self, plan: Plan[Reach]) -> bool:
        """Show a plan and ask, where a person can be asked and something is changed.

        Enter alone is a yes only where nothing is taken away.

        Raises:
            Abort: The person ends it.
            NotAskedError: Something would be taken away, and nobody can be asked.
        """
        self.plan = plan
        if not self.choice.as_json:
            click.echo(_view.plan_text(plan, self.nothing), err=True)
        if self.yes or not plan.writes:
            return True
        lost = [
            step.resource.address
            for step in plan.steps.values()
            if step.decision.action in _view.LOSES
        ]
        if can_ask() and not self.choice.as_json:
            with interruptible():
                return click.confirm("Do that?", default=not lost, err=True)
        if lost:
            raise NotAskedError(
                f"{first_few(lost)} would be taken away, and nobody can be asked", hint="--yes"
            )
        return True


async def carry_out(
    session: Recorded,
    choice: Shown,
    work: Callable[[Approval], Awaitable[Report | None]],
    *,
    yes: bool,
    nothing: str = _view.NOTHING,
) -> int:
    """Carry out what a command does and return its exit status.

    Args:
        session: What it is done to.
        choice: How it is shown.
        work: Does it, once its plan is approved.
        yes: Ask nothing.
        nothing: What is said where there is nothing at all to do it to.
    """
    approval = Approval(choice, yes, nothing)
    try:
        report = await work(approval)
    except asyncio.CancelledError:
        if (await session.state()).unended is not None:
            click.echo(f"{_resuming()} goes on with it", err=True)
        raise
    if report is None:
        click.echo("declined: nothing was changed", err=True)
        return 1
    state = await session.state()
    if choice.as_json:
        click.echo(to_json(_view.report_document(report, state)))
    else:
        _print(report)
        if apps := _view.apps_text(state):
            click.echo(apps)
    return status_of(report) or _drawn(choice, approval.plan, report)


def show_nothing(choice: Shown, state: State) -> int:
    """Show that there was nothing to do, as :func:`carry_out` shows it, and return the status."""
    plan: Plan[Reach] = Plan({})
    report = Report({}, {}, {})
    if choice.as_json:
        click.echo(to_json(_view.report_document(report, state)))
    else:
        click.echo(_view.plan_text(plan), err=True)
    return _drawn(choice, plan, report)


def _drawn(choice: Shown, plan: Plan[Reach] | None, report: Report) -> int:
    """Draw what was asked for and return the exit status: what was done is told already."""
    try:
        _view.draw(choice.svg, plan, report)
    except CannotWriteError as fault:
        click.echo(f"error[{fault.code}]: {fault.message}", err=True)
        return fault.exit_code
    return 0


def _print(report: Report) -> None:
    for address, failure in report.failures().items():
        said = failure.message.removeprefix(f"{address}: ")
        click.secho(f"{address}: ", fg="red", nl=False, err=True)
        click.echo(said, err=True)
        if failure.hint:
            click.echo(f"  hint: {failure.hint}", err=True)
    if blocked := report.blocked():
        click.echo(f"not begun: {', '.join(blocked)}", err=True)
    if not report.is_good:
        click.echo(f"{_resuming()} goes on once that is mended", err=True)
    sys.stderr.flush()


def _resuming() -> str:
    group = click.get_current_context().parent
    return f"{group.command_path if group else 'funcyard deploy'} resume"


def status_of(report: Report) -> int:
    """Return what all failures have in common: 3 refused, 4 not reached; else 1."""
    if report.is_good:
        return 0
    statuses = {failure.exit_code for failure in report.failures().values()}
    return statuses.pop() if len(statuses) == 1 else 1
