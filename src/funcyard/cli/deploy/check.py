"""``funcyard deploy check``: whether what is in Azure is as it shall be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from funcyard.cli.deploy._options import deploying_options

if TYPE_CHECKING:
    from funcyard.cli.deploy._options import Choice
    from funcyard.deploy.check import Check


@click.command("check")
@deploying_options
def command(choice: Choice) -> int:
    """Tell of every resource whether it is there and as it shall be; changes nothing.

    PATH is the project, or any folder in it; the current folder unless given.

    Exit status: 0 all are, 1 some are not, 2 bad usage, 3 Azure refused, 4 it cannot be reached.
    """
    import asyncio  # noqa: PLC0415 - keeps --help fast

    return asyncio.run(_run(choice))


async def _run(choice: Choice) -> int:
    from funcyard.cli.deploy._session import Purpose, opened  # noqa: PLC0415 - keeps --help fast
    from funcyard.deploy.check import Present, check  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import table, to_json  # noqa: PLC0415 - keeps --help fast

    async with opened(choice, Purpose.LOOK) as session:
        found = await check(session.engine, session.graph)
    resources = [_told(address, one) for address, one in found.items()]
    if choice.as_json:
        click.echo(to_json({"resources": resources}))
    else:
        rows = [
            (one["state"], one["address"], why)
            for one in resources
            for why in one["differences"] or [one["reason"]]
        ]
        click.echo(table(["STATE", "RESOURCE", "WHY"], rows))
    return 0 if all(isinstance(one, Present) for one in found.values()) else 1


def _told(address: str, found: Check) -> dict[str, Any]:
    from funcyard.cli.deploy._view import told  # noqa: PLC0415 - keeps --help fast
    from funcyard.deploy.check import Absent, Drifted, Undecided  # noqa: PLC0415 - keeps --help fast

    state, differences, reason = "present", [], ""
    match found:
        case Absent():
            state = "absent"
        case Drifted():
            state, differences = "drifted", [told(one) for one in found.differences]
        case Undecided():
            state, reason = "unknown", found.reason
    return {"address": address, "state": state, "differences": differences, "reason": reason}
