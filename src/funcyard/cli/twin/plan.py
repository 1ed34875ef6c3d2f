"""``funcyard twin plan``: what a deployment of a twin would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli.deploy._options import adopt_option, svg_option
from funcyard.cli.twin._options import layer_option, twin_options

if TYPE_CHECKING:
    from funcyard.cli.twin._options import Choice


@click.command("plan")
@twin_options
@layer_option
@svg_option
@adopt_option
def command(choice: Choice, adopt: tuple[str, ...]) -> int:
    """Show what a deployment would do, resource by resource; changes nothing.

    PATH is the twin's folder; the current folder if omitted.

    Exit status: 0, 1 it cannot be planned, 2 bad usage, 3 Azure refused, or a resource belongs to
    another, 4 it cannot be reached.
    """
    import asyncio  # noqa: PLC0415 - keeps --help fast

    return asyncio.run(_run(choice, adopt))


async def _run(choice: Choice, adopt: tuple[str, ...]) -> int:
    from funcyard.cli.deploy import _view  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.deploy._azure import Purpose  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.twin._session import opened  # noqa: PLC0415 - keeps --help fast
    from funcyard.deploy.apply import plan  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import to_json  # noqa: PLC0415 - keeps --help fast

    async with opened(choice, Purpose.LOOK) as session:
        made = await plan(session.engine, session.graph, adopt=adopt, scope=session.scope)
    _view.draw(choice.svg, made)
    click.echo(
        to_json(_view.plan_document(made))
        if choice.as_json
        else _view.plan_text(made, session.nothing)
    )
    return 0
