"""``funcyard twin deploy``: a twin brought to Azure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli._numbers import FiniteRange
from funcyard.cli.deploy._options import adopt_option, svg_option, yes_option
from funcyard.cli.twin._options import layer_option, twin_options

if TYPE_CHECKING:
    from funcyard.cli.deploy._running import Approval
    from funcyard.cli.twin._options import Choice
    from funcyard.deploy.apply import Report
    from funcyard.deploy.plan import Plan
    from funcyard.deploy.resources.reach import Reach


@click.command("deploy")
@twin_options
@layer_option
@svg_option
@adopt_option
@yes_option
@click.option(
    "--time-scale",
    "scale",
    type=FiniteRange(1, 1_000_000),
    help="Let so many of the twin's seconds pass in one, until changed; 1: time of day.",
)
def command(choice: Choice, adopt: tuple[str, ...], *, yes: bool, scale: float | None) -> int:
    """Bring a twin's layers to Azure, or to where they differ.

    PATH is the twin's folder; the current folder if omitted. What keeps it from working is told
    before the first call. With --cloud local, the local Azure is started where it does not run, and
    goes on running.

    Exit status: 0 all is there, 1 something failed, 2 bad usage, 3 Azure refused, 4 it cannot be
    reached.
    """
    import asyncio  # noqa: PLC0415 - keeps --help fast

    return asyncio.run(_run(choice, adopt, yes=yes, scale=scale))


async def _run(choice: Choice, adopt: tuple[str, ...], *, yes: bool, scale: float | None) -> int:
    from funcyard.cli.deploy._azure import Purpose  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.deploy._running import carry_out  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.twin._session import opened  # noqa: PLC0415 - keeps --help fast
    from funcyard.deploy.apply import deploy  # noqa: PLC0415 - keeps --help fast
    from funcyard.twin.deploying.clock import keep_clock  # noqa: PLC0415 - keeps --help fast

    async with opened(choice, Purpose.BRING, scale=scale) as session:

        async def work(approve: Approval) -> Report | None:
            def decided(plan: Plan[Reach]) -> bool:
                if not approve(plan):
                    return False
                keep_clock(session.folder, session.clock)
                return True

            return await deploy(
                session.engine, session.graph, adopt=adopt, scope=session.scope, approve=decided
            )

        return await carry_out(session, choice, work, yes=yes, nothing=session.nothing)
