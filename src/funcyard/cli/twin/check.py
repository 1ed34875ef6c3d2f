"""``funcyard twin check``: whether what is in Azure is as it shall be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli.twin._options import layer_option, twin_options

if TYPE_CHECKING:
    from funcyard.cli.twin._options import Choice


@click.command("check")
@twin_options
@layer_option
def command(choice: Choice) -> int:
    """Tell of every resource whether it is there and as it shall be; changes nothing.

    PATH is the twin's folder; the current folder if omitted.

    Exit status: 0 all are, 1 some are not, 2 bad usage, 3 Azure refused, 4 it cannot be reached.
    """
    import asyncio  # noqa: PLC0415 - keeps --help fast

    return asyncio.run(_run(choice))


async def _run(choice: Choice) -> int:
    from funcyard.cli.deploy._azure import Purpose  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.deploy._checked import show  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.twin._session import opened  # noqa: PLC0415 - keeps --help fast
    from funcyard.deploy.check import check  # noqa: PLC0415 - keeps --help fast

    async with opened(choice, Purpose.LOOK) as session:
        found = await check(session.engine, session.graph)
    return show(found, as_json=choice.as_json, nothing=session.nothing)
