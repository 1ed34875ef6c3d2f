"""``funcyard deploy resume``: a deployment that was cut short goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli.deploy._options import deploying_options, svg_option

if TYPE_CHECKING:
    from funcyard.cli.deploy._options import Choice


@click.command("resume")
@deploying_options
@svg_option
def command(choice: Choice) -> int:
    """Go on with a deployment that failed or was killed, or with a taking away.

    PATH is the project, or any folder in it; the current folder unless given. What was announced
    and never told is looked for in Azure; the end is that of an undisturbed run.

    Exit status: 0 it came to its end, 1 something failed, or nothing is left to be done, 2 bad
    usage, 3 Azure refused, 4 it cannot be reached.
    """
    import asyncio  # noqa: PLC0415 - keeps --help fast

    return asyncio.run(_run(choice))


async def _run(choice: Choice) -> int:
    from funcyard.cli.deploy._azure import Purpose  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.deploy._resuming import go_on  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.deploy._session import deployed_project, opened  # noqa: PLC0415 - keeps --help fast

    return await go_on(
        deployed_project(choice.directory), choice, lambda: opened(choice, Purpose.BRING)
    )
