"""``funcyard twin destroy``: everything of a twin taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli.deploy._options import svg_option, yes_option
from funcyard.cli.twin._options import layer_option, twin_options

if TYPE_CHECKING:
    from funcyard.cli.twin._options import Choice


@click.command("destroy")
@twin_options
@layer_option
@svg_option
@yes_option
def command(choice: Choice, *, yes: bool) -> int:
    """Take everything away that was deployed, with all readings in it.

    PATH is the twin's folder; the current folder if omitted. What is taken away is what the state
    holds, the last layer first, also where the twin is not sound; a layer that others need stays
    unless they go, too. Groups go with whatever lies in them, also what somebody else put there. A
    local Azure that `deploy` started ends once nothing is left.

    Exit status: 0 nothing is left, 1 something failed or was declined, 2 bad usage, 3 Azure
    refused, 4 it cannot be reached.
    """
    import asyncio  # noqa: PLC0415 - keeps --help fast

    return asyncio.run(_run(choice, yes=yes))


async def _run(choice: Choice, *, yes: bool) -> int:
    from funcyard.cli.deploy._taking import take_away  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.twin._session import deployed_twin  # noqa: PLC0415 - keeps --help fast
    from funcyard.twin.deploying.stack import scope_of  # noqa: PLC0415 - keeps --help fast

    deployed = deployed_twin(choice.directory, choice.cloud)
    return await take_away(deployed, choice, yes=yes, scope=scope_of(choice.layers))
