"""``funcyard deploy down``: everything taken away that was deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli.deploy._options import deploying_options, svg_option, yes_option

if TYPE_CHECKING:
    from funcyard.cli.deploy._options import Choice


@click.command("down")
@deploying_options
@svg_option
@yes_option
def command(choice: Choice, *, yes: bool) -> int:
    """Take everything away that was deployed, with all data in it.

    PATH is the project, or any folder in it; the current folder unless given. What is taken away is
    what the state holds, also where funcyard.yaml is not sound; the group goes with whatever lies
    in it. A local Azure that `up` started ends then, too.

    Exit status: 0 nothing is left, 1 something failed or was declined, 2 bad usage, 3 Azure
    refused, 4 it cannot be reached.
    """
    import asyncio  # noqa: PLC0415 - keeps --help fast

    return asyncio.run(_run(choice, yes=yes))


async def _run(choice: Choice, *, yes: bool) -> int:
    from funcyard.cli.deploy._session import deployed_project  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.deploy._taking import take_away  # noqa: PLC0415 - keeps --help fast

    return await take_away(deployed_project(choice.directory), choice, yes=yes)
