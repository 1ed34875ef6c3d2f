"""``funcyard orch logs``: what an app's replicas print, and what the platform tells of it."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final

import click

from funcyard.cli.orch._completing import complete_replica, complete_revision
from funcyard.cli.orch._options import app_options
from funcyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from funcyard.cli.orch._which import Choice
    from funcyard.containerapps.logs.line import Line
    from funcyard.containerapps.logs.sources import Wanted

_MOST: Final = 300
_COLOURS: Final = ("cyan", "magenta", "green", "yellow", "blue", "bright_red", "bright_cyan")
_SINCE: Final = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")
_SECONDS: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


class LogsError(UsageError):
    """What lines are wanted cannot be meant."""

    code = "bad-logs"


@click.command("logs")
@app_options
@click.option(
    "--revision",
    default="",
    metavar="NAME",
    shell_complete=complete_revision,
    help="Of this revision, by name or suffix; else all active.",
)
@click.option(
    "--replica",
    default="",
    metavar="NAME",
    shell_complete=complete_replica,
    help="Of this replica.",
)
@click.option("--container", default="", metavar="NAME", help="Of this container.")
@click.option("--system", is_flag=True, help="What the platform tells of the app.")
@click.option(
    "--tail",
    type=click.IntRange(0, _MOST),
    default=20,
    show_default=True,
    metavar="N",
    help=f"How many of the last lines of each stream come first, up to {_MOST}.",
)
@click.option("--since", metavar="TIME", help="Leave out what is older: 90s, 10m, 2h, 1d.")
@click.option("--grep", metavar="PATTERN", help="Only lines that hold this regular expression.")
@click.option("--follow", "-f", is_flag=True, help="Go on with lines as they come, until Ctrl-C.")
def command(
    choice: Choice,
    *,
    revision: str,
    replica: str,
    container: str,
    system: bool,
    tail: int,
    since: str | None,
    grep: str | None,
    follow: bool,
) -> int:
    """Show what the replicas of an app print, all at once, each line behind its replica's name.

    With --follow replicas that come are joined and those that go are left; a stream that breaks off
    is opened again behind the last line that was shown, so that none is missing and none comes
    twice. Lines of a revision without replicas are asked of Log Analytics, where its environment
    sends them there. With --json each line is an object.

    Exit status: 0, 1 lines are kept nowhere, 2 bad usage, 3 Azure refused, 4 not reached, 130
    interrupted.
    """
    from funcyard.containerapps.logs.sources import Wanted  # noqa: PLC0415 - keeps --help fast

    if system and (replica or container):
        raise LogsError("--system tells of the whole app: leave out --replica and --container")
    chosen = _Chosen(_seconds(since), _pattern(grep))
    wanted = Wanted(revision, replica, container, system)
    return asyncio.run(_run(choice, wanted, chosen, tail, follow=follow))


class _Chosen:
    """Which of the lines are shown."""

    def __init__(self, seconds: float | None, pattern: re.Pattern[str] | None) -> None:
        from time import time  # noqa: PLC0415 - the only use

        self._after = None if seconds is None else time() - seconds
        self._pattern = pattern

    def takes(self, line: Line) -> bool:
        """Whether a line is shown."""
        if self._after is not None and line.time and line.time.timestamp() < self._after:
            return False
        return self._pattern is None or bool(self._pattern.search(line.text))


async def _run(choice: Choice, wanted: Wanted, chosen: _Chosen, tail: int, *, follow: bool) -> int:
    from funcyard.cli.orch._following_on import about_the_same  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.orch._session import Session, opened  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.logs.following import Streams  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.logs.sources import sources_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.logs.workspace import lines_in_workspace  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.observing import observe  # noqa: PLC0415 - keeps --help fast

    shown = _Shown(as_json=choice.as_json)

    async def lines(session: Session) -> AsyncIterator[Line]:
        streams = Streams(session.client, session.cloud, session.app)
        if follow:
            async for line in streams.follow(wanted, tail):
                yield line
            return
        observed = await observe(session.client, session.app)
        sources = sources_of(observed, wanted)
        if sources:
            found = await streams.tail(sources, tail)
        else:
            found = await lines_in_workspace(
                session.sign_in,
                session.cloud,
                observed,
                wanted,
                tail,
                patience=session.client.patience,
            )
        if tail and not found:
            click.echo(about_the_same(_nothing(wanted), choice), err=True)
        for line in found:
            yield line

    async with opened(choice) as session:
        async for line in lines(session):
            if chosen.takes(line):
                shown.print(line)
    return 0


def _nothing(wanted: Wanted) -> str:
    """Say that there is no line, and what may tell why."""
    if wanted.system:
        return "the platform told nothing"
    of = f" --revision {wanted.revision}" if wanted.revision else ""
    return f"nothing was printed; funcyard orch logs --system{of} tells what the platform did"


class _Shown:
    """Prints lines, each replica's in a colour of its own."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._colours: dict[str, str] = {}

    def print(self, line: Line) -> None:
        """Print a line."""
        if self._as_json:
            click.echo(_document(line))
            return
        from funcyard.output import ESCAPED  # noqa: PLC0415 - keeps --help fast

        who = line.replica or line.revision
        if line.source.container and line.source.container not in who:
            who = f"{who}/{line.source.container}"
        colour = self._colours.setdefault(who, _COLOURS[len(self._colours) % len(_COLOURS)])
        when = f"{line.time:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z  " if line.time else ""
        reason = f"{line.reason}: " if line.reason else ""
        click.secho(who, fg=colour, nl=False)
        click.echo(f"  {when}{reason}{line.text.translate(ESCAPED)}")


def _document(line: Line) -> str:
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast

    told = {
        "time": None if line.time is None else line.time.isoformat(),
        "revision": line.revision,
        "replica": line.replica,
        "container": line.source.container,
        "reason": line.reason,
        "text": line.text,
    }
    return to_json(told, indent=None)


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    found = _SINCE.fullmatch(text.strip())
    if found is None:
        raise LogsError(f"{text!r} is no span of time", hint="--since 90s, 10m, 2h or 1d")
    return float(found[1]) * _SECONDS[found[2]]


def _pattern(text: str | None) -> re.Pattern[str] | None:
    if text is None:
        return None
    try:
        return re.compile(text)
    except re.error as fault:
        raise LogsError(f"{text!r} is no regular expression: {fault}") from fault
