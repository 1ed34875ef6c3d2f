"""``funcyard twin resume``: a deployment that was cut short, brought to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli.deploy._options import svg_option
from funcyard.cli.twin._options import twin_options

if TYPE_CHECKING:
    from funcyard.cli.twin._options import Choice


@click.command("resume")
@twin_options
@svg_option
def command(choice: Choice) -> int:
    """Go on with a deployment that failed or was killed, or with a taking away.

    PATH is the twin's folder; the current folder if omitted. The run that was cut short says which
    layers it was about. What was announced and never told is looked for in Azure; the end is that
    of an undisturbed run.

    Exit status: 0 it came to its end, 1 something failed, or nothing is left to be done, 2 bad
    usage, 3 Azure refused, 4 it cannot be reached.
    """
    import asyncio  # noqa: PLC0415 - keeps --help fast

    return asyncio.run(_run(choice))


async def _run(choice: Choice) -> int:
    from funcyard.cli.deploy._azure import Purpose  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.deploy._resuming import go_on  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.twin._session import deployed_twin, opened  # noqa: PLC0415 - keeps --help fast

    return await go_on(
        deployed_twin(choice.directory, choice.cloud), choice, lambda: opened(choice, Purpose.BRING)
    )
