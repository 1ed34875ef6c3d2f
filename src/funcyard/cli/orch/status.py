"""``funcyard orch status``: an app, its revisions and their replicas, with one verdict."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from funcyard.cli.orch._completing import complete_revision
from funcyard.cli.orch._options import app_options

if TYPE_CHECKING:
    from funcyard.cli.orch._which import Choice
    from funcyard.containerapps.images import Image
    from funcyard.containerapps.models import Revision
    from funcyard.containerapps.observing import Observation


@click.command("status")
@click.option(
    "--revision",
    metavar="NAME",
    shell_complete=complete_revision,
    help="Show this one instead of the active ones.",
)
@app_options
def command(choice: Choice, revision: str | None) -> int:
    """Show an app, its revisions and their replicas, with one verdict.

    Exit status: 0, 2 bad usage, 3 Azure refused, 4 Azure could not be reached, 130 after Ctrl-C.
    """
    from funcyard.cli.orch._documents import status_document  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.orch._showing import show_status  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.verdict import verdict  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast

    seen, shown, images = asyncio.run(_looked(choice, revision))
    found = verdict(seen)
    if choice.as_json:
        click.echo(to_json(status_document(seen, found, shown, images)))
    else:
        show_status(seen, found, shown, images)
    return 0


async def _looked(
    choice: Choice, name: str | None
) -> tuple[Observation, tuple[Revision, ...], list[Image]]:
    """Return what is told of an app, the revisions to show, and the images of the last of them."""
    from funcyard.cli.orch._session import opened  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.images import images_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.naming import named  # noqa: PLC0415 - keeps --help fast
    from funcyard.containerapps.observing import observe  # noqa: PLC0415 - keeps --help fast

    async with opened(choice) as session:
        seen = await observe(session.client, session.app)
        shown = seen.active
        template = seen.app.template
        if name is not None:
            if seen.revisions is None:
                raise seen.faults[0]
            one = named(seen.app, seen.revisions, name)
            shown, template = (one,), one.template
        busy = session.client.patience
        images = await images_of(template, session.sign_in, session.cloud, busy=busy)
        return seen, shown, images
