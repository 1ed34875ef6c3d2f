"""How a rollout is shown: what it sends, what the platform tells meanwhile, and how it ended.

With ``--json`` everything is a line of JSON on its own, whose ``event`` says what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from funcyard.cli.orch._documents import moment
from funcyard.cli.orch._following_on import about_the_same
from funcyard.output import to_json, visible

if TYPE_CHECKING:
    from funcyard.cli.orch._which import Choice
    from funcyard.containerapps.events import Event
    from funcyard.containerapps.rollout.following import Outcome
    from funcyard.containerapps.rollout.plan import Plan
    from funcyard.containerapps.rollout.rolling import Ended, Rollout


class View:
    """Shows a rollout.

    Args:
        choice: What the options said.
    """

    def __init__(self, choice: Choice) -> None:
        self._choice = choice
        self._as_json = choice.as_json

    def warns(self, words: str) -> None:
        """Show what is to be thought of."""
        if self._as_json:
            self._line("warning", message=words)
        else:
            click.secho("warning: ", fg="yellow", err=True, nl=False)
            click.echo(visible(words), err=True)

    def nothing(self, plan: Plan) -> None:
        """Show that there is nothing to be done."""
        if self._as_json:
            self._line("nothing", container=plan.container, image=plan.before)
        else:
            click.echo(f"{visible(plan.container)} has {visible(plan.before)} already: no revision")

    def planned(self, plan: Plan) -> None:
        """Show what would be sent."""
        if self._as_json:
            self._line("planned", **_changes(plan), body=plan.shown())
            return
        for line in _told(plan):
            click.echo(f"would send: {visible(line)}")
        click.echo(to_json(plan.shown()))

    def begins(self, plan: Plan) -> None:
        """Show what is sent now."""
        if self._as_json:
            self._line("sends", **_changes(plan))
            return
        for line in _told(plan):
            click.echo(f"sends: {visible(line)}", err=True)

    def happens(self, event: Event) -> None:
        """Show what the platform tells."""
        if self._as_json:
            self._line(
                "platform",
                time=moment(event.time),
                type=event.type,
                reason=event.reason,
                message=event.message,
                revision=event.revision,
                replica=event.replica,
                count=event.count,
            )
            return
        when = f"{event.time:%H:%M:%S}" if event.time else "        "
        colour = "yellow" if event.is_warning else None
        # Without the name of the app, which is that of all: an older revision may fail meanwhile.
        whose = visible(event.revision.rpartition("--")[2])
        reason = visible(event.reason)
        click.secho(f"{when}  {whose:<8} {reason:<24} ", fg=colour, err=True, nl=False)
        click.echo(visible(event.message), err=True)

    def ended(self, rollout: Rollout, ended: Ended) -> None:
        """Show how it ended."""
        if self._as_json:
            self._line(
                "ended",
                revision=ended.sent.revision,
                runs=None if ended.outcome is None else ended.outcome.runs,
                because=[] if ended.outcome is None else list(ended.outcome.because),
                rolled_back=None if ended.back is None else _outcome(ended.back),
            )
            return
        if ended.outcome is None:
            click.echo(f"{visible(ended.sent.revision)} is made; --wait follows it")
            return
        _show(ended.outcome)
        if ended.back is not None:
            click.echo("sent back:")
            _show(ended.back)
            if not ended.back.runs:
                click.echo(about_the_same("next: funcyard orch health --deep", self._choice))
        elif not ended.outcome.runs:
            click.echo(about_the_same(_next(rollout, ended), self._choice))

    def breaks_off(self) -> None:
        """Say that nobody follows any more what may have been sent."""
        if not self._as_json:
            words = (
                "what was sent, if anything was, is not taken back: funcyard orch status shows what"
                " becomes of it"
            )
            click.echo(about_the_same(words, self._choice), err=True)

    def _line(self, event: str, **members: object) -> None:
        click.echo(to_json({"event": event, **members}, indent=None))


def _changes(plan: Plan) -> dict[str, Any]:
    return {
        "container": plan.container,
        "before": plan.before,
        "after": plan.after,
        "stamp": plan.stamp or None,
    }


def _told(plan: Plan) -> list[str]:
    lines = []
    if plan.before != plan.after:
        lines.append(f"{plan.container}: {plan.after} instead of {plan.before}")
    if plan.stamp:
        lines.append(f"{plan.container}: a variable with the time, {plan.stamp}")
    return lines


def _outcome(outcome: Outcome) -> dict[str, object]:
    return {
        "revision": outcome.revision,
        "runs": outcome.runs,
        "because": list(outcome.because),
    }


def _show(outcome: Outcome) -> None:
    word = (
        click.style("runs", fg="green") if outcome.runs else click.style("does not run", fg="red")
    )
    click.echo(f"{visible(outcome.revision)} {word}")
    for line in outcome.because:
        click.echo(f"  {visible(line)}")


def _next(rollout: Rollout, ended: Ended) -> str:
    if ended.outcome is not None and ended.outcome.superseded:
        return "next: funcyard orch status shows what runs"
    if rollout.app.is_single:
        return "next: funcyard orch health --deep; --rollback sends back what fails"
    name = visible(ended.sent.revision)
    return (
        "next: funcyard orch health --deep; requests stay where they are, and"
        f" funcyard orch revision deactivate {name} ends it"
    )
