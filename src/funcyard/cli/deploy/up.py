"""``funcyard deploy up``: a project brought to Azure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli.deploy._options import adopt_option, deploying_options, svg_option, yes_option

if TYPE_CHECKING:
    from funcyard.cli.deploy._options import Choice


@click.command("up")
@deploying_options
@svg_option
@adopt_option
@yes_option
def command(choice: Choice, adopt: tuple[str, ...], *, yes: bool) -> int:
    """Bring a project's apps, storage, settings and code to Azure, or to where they differ.

    PATH is the project, or any folder in it; the current folder unless given. Packages are loaded
    before the first call, and what would have no functions is refused. With --cloud local, the
    local Azure is started where it does not run, and goes on running.

    Exit status: 0 all is there, 1 something failed, 2 bad usage, 3 Azure refused, 4 it cannot be
    reached.
    """
    import asyncio  # noqa: PLC0415 - keeps --help fast

    return asyncio.run(_run(choice, adopt, yes=yes))


async def _run(choice: Choice, adopt: tuple[str, ...], *, yes: bool) -> int:
    from funcyard.cli.deploy._azure import Purpose  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.deploy._running import carry_out  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.deploy._session import opened  # noqa: PLC0415 - keeps --help fast
    from funcyard.deploy.apply import deploy  # noqa: PLC0415 - keeps --help fast

    async with opened(choice, Purpose.BRING) as session:
        return await carry_out(
            session,
            choice,
            lambda approve: deploy(session.engine, session.graph, adopt=adopt, approve=approve),
            yes=yes,
        )
