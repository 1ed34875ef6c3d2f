"""``funcyard orch health``: what is wrong with an app, what causes it, and what comes next."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from funcyard.cli._numbers import FiniteRange
from funcyard.cli.orch._options import app_options
from funcyard.errors import UsageError

if TYPE_CHECKING:
    from funcyard.cli.orch._which import Choice
    from funcyard.containerapps.health.facts import Expected
    from funcyard.containerapps.health.results import Report, Result

_COLOURS = {"pass": "green", "warn": "yellow", "fail": "red", "skip": "bright_black"}
_INDENT = " " * 6
_LONGEST = 86400.0


class BuiltError(UsageError):
    """What is said to have been built is no image."""

    code = "bad-image"


@click.command("health")
@app_options
@click.option("--deep", is_flag=True, help="Ask the app itself, and everything that it needs.")
@click.option(
    "--expect", metavar="N|NAMES", help="How many functions it should have, or which (A,B)."
)
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="PATH",
    help="The folder of the app whose functions it should have.",
)
@click.option(
    "--python",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PATH",
    help="The Python that has the packages of --project; its .venv's without it.",
)
@click.option(
    "--built", default="", metavar="REF", help="The image that was built: does it run, by digest?"
)
@click.option(
    "--timeout",
    type=FiniteRange(min=0, max=_LONGEST, min_open=True),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="For each answer, and for all waiting while Azure is busy.",
)
@click.option("--watch", is_flag=True, help="Ask again and again, and tell what changed.")
@click.option(
    "--interval",
    type=FiniteRange(min=0.1, max=_LONGEST),
    default=5,
    show_default=True,
    metavar="SECONDS",
    help="Of --watch, from one asking to the next.",
)
def command(
    choice: Choice,
    *,
    deep: bool,
    expect: str | None,
    project: Path | None,
    python: Path | None,
    built: str,
    timeout: float,
    watch: bool,
    interval: float,
) -> int:
    """Say whether an app works, what keeps it from working, and what to do about it.

    Checks are told in their order, with what was seen; where some fail, the one that explains the
    others is named as the cause. What could not be found out is a warning, never a pass. The master
    key for --deep is taken from FUNCYARD_MASTER_KEY, from the app's secrets, or from its storage.
    An app at zero replicas is started by being asked.

    Exit status: 0, 1 a check fails, 2 bad usage, 3 Azure refused, 4 not reached, 130 interrupted.
    """
    from funcyard.cli.orch._expecting import expected_of  # noqa: PLC0415 - keeps --help fast

    _check_built(built)
    expected = expected_of(expect, project, python)
    is_deep = deep or expected is not None
    every = interval if watch else None
    return asyncio.run(_run(choice, expected, built, timeout, every, is_deep=is_deep))


def _check_built(built: str) -> None:
    """Refuse what is no name of an image.

    Raises:
        BuiltError: It is none.
    """
    from funcyard.oci.reference import read_reference  # noqa: PLC0415 - keeps --help fast

    if built and read_reference(built) is None:
        raise BuiltError(f"--built {built!r} is no name of an image", hint="REGISTRY/NAME:TAG")


async def _run(
    choice: Choice,
    expected: Expected | None,
    built: str,
    timeout: float,  # noqa: ASYNC109 - of each answer, kept where the answers are
    interval: float | None,
    *,
    is_deep: bool,
) -> int:
    from funcyard.azure.manager import Manager  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.orch._following_on import report_about_the_same  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.orch._session import opened  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.health.asking.master_key import GIVEN  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.health.gathering import Gathering, Question  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.health.judging import judge  # noqa: PLC0415 - keeps --help fast

    async with (
        opened(choice, waits=timeout) as session,
        Manager(session.sign_in, session.cloud, session.client.patience) as manager,
    ):
        question = Question(
            session.app,
            session.cloud,
            is_deep,
            timeout,
            os.environ.get(GIVEN, "").strip(),
            expected,
            built,
        )
        before: Report | None = None
        while True:
            if sys.stderr.isatty() and before is None:
                click.echo(f"asking about {session.app.name} …", err=True)
            asking = Gathering(session.client, manager, session.sign_in, question)
            facts = await asking.facts()
            if facts.unread is not None and interval is None:
                raise facts.unread
            report = judge(facts)
            report = report_about_the_same(report, choice)
            _show(report, before, as_json=choice.as_json, one_line=interval is not None)
            if interval is None:
                return 1 if report.has_failed else 0
            before = report
            await asyncio.sleep(interval)


def _show(report: Report, before: Report | None, *, as_json: bool, one_line: bool) -> None:
    """Print what was found; of a later asking, what changed."""
    if before is not None and before == report:
        return
    if as_json:
        from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast

        click.echo(to_json(_document(report), indent=None if one_line else 2))
        return
    known = set(before.results) if before is not None else set()
    for one in report.results:
        if one not in known:
            _show_result(one)
    cause = report.cause
    if cause is None:
        if before is not None and before.cause is not None:
            click.echo("nothing fails any more")
        return
    from funcyard.output import visible  # noqa: PLC0415 - keeps --help fast

    click.secho("cause: ", fg="red", bold=True, nl=False)
    click.echo(f"{cause.check}: {visible(cause.found.message)}")
    if cause.found.next:
        click.echo(f"next:  {visible(cause.found.next)}")


def _show_result(one: Result) -> None:
    from funcyard.output import visible  # noqa: PLC0415 - keeps --help fast

    word = one.found.outcome.value
    click.secho(f"{word}  ", fg=_COLOURS[word], nl=False)
    click.echo(f"{one.check:<11}{visible(one.found.message)}")
    if word in ("fail", "warn"):
        for line in one.found.evidence:
            click.echo(f"{_INDENT}{visible(line)}")
        if one.found.next:
            click.echo(f"{_INDENT}next: {visible(one.found.next)}")


def _document(report: Report) -> dict[str, object]:
    cause = report.cause
    return {
        "app": report.app,
        "healthy": not report.has_failed,
        "cause": None if cause is None else _flat(cause),
        "checks": [_flat(one) for one in report.results],
    }


def _flat(one: Result) -> dict[str, object]:
    found = one.found
    return {
        "check": one.check,
        "outcome": found.outcome.value,
        "message": found.message,
        "evidence": list(found.evidence),
        "next": found.next,
    }
