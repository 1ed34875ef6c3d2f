"""``funcyard orch revisions``: an app's revisions, and a picture of them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from funcyard.cli._paths import UsablePath
from funcyard.cli.orch._options import app_options
from funcyard.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.cli.orch._which import Choice
    from funcyard.containerapps.models import App, Revision


class NotDrawnError(UserError):
    """A picture cannot be written."""

    code = "cannot-write"


@click.command("revisions")
@click.option("--all", "every", is_flag=True, help="Also those that are not active.")
@click.option("--svg", type=UsablePath(dir_okay=False), help="Draw them into this file.")
@app_options
def command(choice: Choice, *, every: bool, svg: Path | None) -> int:
    """List an app's active revisions, the latest first.

    Exit status: 0, 1 the picture cannot be written, 2 bad usage, 3 Azure refused, 4 Azure could
    not be reached, 130 after Ctrl-C.
    """
    from funcyard.cli.orch._documents import revision_document  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.orch._showing import revision_table  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.drawing import revisions_svg  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast

    app, revisions = asyncio.run(_listed(choice))
    shown = [one for one in revisions if every or one.active]
    if svg is not None:
        try:
            svg.write_text(revisions_svg(shown, datetime.now(UTC)), encoding="utf-8")
        except OSError as fault:
            raise NotDrawnError(f"{svg} cannot be drawn: {fault.strerror}") from fault
    if choice.as_json:
        documents = [revision_document(one) for one in reversed(shown)]
        click.echo(to_json({"app": app.name, "mode": app.mode, "revisions": documents}))
    elif shown:
        click.echo(revision_table(shown))
    else:
        click.echo(f"{app.name} has no {'' if every else 'active '}revision")
    return 0


async def _listed(choice: Choice) -> tuple[App, tuple[Revision, ...]]:
    from funcyard.cli.orch._session import opened  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.observing import revisions_of  # noqa: PLC0415 - keeps --help fast

    async with opened(choice) as session:
        return await revisions_of(session.client, session.app)
