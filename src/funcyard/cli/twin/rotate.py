"""``funcyard twin rotate``: the tokens that clouds show each other, replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli.deploy._options import svg_option, yes_option
from funcyard.cli.twin._options import twin_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.cli.deploy._running import Approval
    from funcyard.cli.twin._options import Choice
    from funcyard.deploy.apply import Report
    from funcyard.twin.secrets import Generation


@click.command("rotate")
@twin_options
@svg_option
@click.option(
    "--token",
    "tokens",
    metavar="SETTING",
    multiple=True,
    help="This one, by the name of its setting; all unless given.",
)
@yes_option
def command(choice: Choice, tokens: tuple[str, ...], *, yes: bool) -> int:
    """Replace the tokens that callers show: none is refused meanwhile.

    PATH is the twin's folder; the current folder if omitted. It takes three deployments: receivers
    accept the new tokens, too; senders show them; receivers forget the old ones. One that was cut
    short goes on where it stopped.

    Exit status: 0 they are replaced, 1 something failed, or nothing is deployed, 2 bad usage, 3
    Azure refused, 4 it cannot be reached.
    """
    import asyncio  # noqa: PLC0415 - keeps --help fast

    return asyncio.run(_run(choice, tokens, yes=yes))


async def _run(choice: Choice, tokens: tuple[str, ...], *, yes: bool) -> int:
    from funcyard.cli.deploy._azure import state_folder  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.twin._session import ROOM  # noqa: PLC0415 - keeps --help fast
    from funcyard.deploy.folder import FolderStore  # noqa: PLC0415 - keeps --help fast
    from funcyard.twin.config.reading import read_twin  # noqa: PLC0415 - keeps --help fast
    from funcyard.twin.deploying.devices import NotDeployedError  # noqa: PLC0415 - keeps --help fast
    from funcyard.twin.deploying.rotating import advance, tokens_of, unsettled  # noqa: PLC0415 - keeps --help fast

    root = choice.directory.resolve()
    twin = read_twin(root).twin
    folder = state_folder(root, ROOM, choice.cloud)
    store = FolderStore(folder, twin.config.digital_twin_name)
    names = tokens_of(twin, tokens)
    if not (await store.read()).state.records:
        raise NotDeployedError(
            f"nothing of {twin.config.digital_twin_name} is deployed, so no token counts",
            hint="funcyard twin deploy makes the tokens, too",
        )
    begun = unsettled(folder, names)
    names = begun or names
    before = None if begun else await advance(folder, store, names)
    while not (status := await _deployed(choice, before, yes=yes)) and unsettled(folder, names):
        before = await advance(folder, store, names)
    return status


async def _deployed(choice: Choice, before: Mapping[str, Generation] | None, *, yes: bool) -> int:
    """Deploy a step; where that is declined, those tokens count on that did before it was made."""
    from funcyard.cli.deploy._azure import Purpose  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.deploy._running import carry_out  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.twin._session import opened  # noqa: PLC0415 - keeps --help fast
    from funcyard.deploy.apply import deploy  # noqa: PLC0415 - keeps --help fast
    from funcyard.twin.deploying.rotating import take_back  # noqa: PLC0415 - keeps --help fast

    async with opened(choice, Purpose.BRING) as session:

        async def step(approve: Approval) -> Report | None:
            report = await deploy(session.engine, session.graph, approve=approve)
            if report is None and before is not None:
                await take_back(session.folder, session.engine.store, before)
            return report

        return await carry_out(session, choice, step, yes=yes)
