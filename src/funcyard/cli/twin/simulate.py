"""``funcyard twin simulate``: devices that send what a twin's simulation says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli._numbers import FiniteRange
from funcyard.cli.twin._options import twin_options

if TYPE_CHECKING:
    from funcyard.cli.twin._options import Choice
    from funcyard.cli.twin._session import Session
    from funcyard.twin.simulator.running import Report


@click.command("simulate")
@twin_options
@click.option(
    "--for",
    "seconds",
    type=FiniteRange(0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How much of the simulation is sent, by its own time.",
)
@click.option(
    "--faster",
    type=FiniteRange(0, min_open=True),
    default=1.0,
    show_default=True,
    metavar="TIMES",
    help="Let so many of its seconds pass in one.",
)
def command(choice: Choice, *, seconds: float, faster: float) -> int:
    """Send the readings of simulated devices to the hub of a deployed twin.

    PATH is the twin's folder; the current folder if omitted. What devices send stands in
    iot_device_simulator/simulation.json. Their keys come from the hub and are kept nowhere.

    Exit status: 0 every message was taken, 1 some were not, or the twin is not deployed, 2 bad
    usage, 3 Azure refused, 4 it cannot be reached.
    """
    import asyncio  # noqa: PLC0415 - keeps --help fast

    return asyncio.run(_run(choice, seconds, faster))


async def _run(choice: Choice, seconds: float, faster: float) -> int:
    from funcyard.cli.deploy._azure import Purpose  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.twin._session import opened  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import table, to_json  # noqa: PLC0415 - keeps --help fast

    async with opened(choice, Purpose.LOOK) as session:
        report = await _sent(session, seconds, faster, is_told=not choice.as_json)
    devices = [
        {
            "device": name,
            "sent": one.sent,
            "refused": one.refused,
            "latest": round(one.latest, 3),
            "reason": one.reason,
        }
        for name, one in sorted(report.devices.items())
    ]
    if choice.as_json:
        told = {"sent": report.sent, "refused": report.refused, "devices": devices}
        click.echo(to_json(told))
    else:
        rows = [
            (one["device"], str(one["sent"]), str(one["refused"]), one["reason"] or "")
            for one in devices
        ]
        click.echo(table(["DEVICE", "SENT", "REFUSED", "WHY"], rows))
    return 1 if report.refused else 0


async def _sent(session: Session, seconds: float, faster: float, *, is_told: bool) -> Report:
    from funcyard.deploy.clock import SystemClock  # noqa: PLC0415 - keeps --help fast
    from funcyard.twin.deploying.clock import clock_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.twin.deploying.devices import hub_of, keys_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.twin.simulator.https import HttpsTransport  # noqa: PLC0415 - keeps --help fast
    from funcyard.twin.simulator.running import simulate  # noqa: PLC0415 - keeps --help fast

    cloud = session.engine.cloud
    host = hub_of(await session.state())
    keys = await keys_of(session.twin, session.graph, cloud)
    if is_told:
        click.echo(f"{len(keys)} devices send to {host} for {seconds / faster:g} s", err=True)
    async with HttpsTransport(
        host, keys, cloud.cloud.trusted(), through_proxy=cloud.cloud.is_public
    ) as transport:
        return await simulate(
            session.twin,
            transport,
            SystemClock(),
            seconds,
            faster=faster,
            time_of_day=clock_of(session.folder),
        )
