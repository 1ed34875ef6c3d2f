"""``funcyard twin simulate``: devices that send what a twin's simulation says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from funcyard.cli._numbers import FiniteRange
from funcyard.cli.twin._options import twin_options
from funcyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from funcyard.azure.cloud import Cloud
    from funcyard.cli.twin._options import Choice
    from funcyard.cli.twin._session import Session
    from funcyard.twin.simulator.running import Report
    from funcyard.twin.simulator.transport import Transport


class MqttMissingError(UsageError):
    """What devices send by over MQTT is not installed."""

    code = "mqtt-missing"


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
@click.option(
    "--protocol",
    type=click.Choice(["https", "mqtt"]),
    default="https",
    show_default=True,
    help="How devices send: a request for each message, or a connection for each device.",
)
def command(choice: Choice, *, seconds: float, faster: float, protocol: str) -> int:
    """Send the readings of simulated devices to the hub of a deployed twin.

    PATH is the twin's folder; the current folder if omitted. What devices send stands in
    iot_device_simulator/simulation.json. Their keys come from the hub and are kept nowhere. MQTT
    needs port 8883 of the hub, and azure-iot-device, which funcyard[mqtt] installs.

    Exit status: 0 every message was taken, 1 some were not, or the twin is not deployed, 2 bad
    usage, 3 Azure refused, 4 it cannot be reached.
    """
    import asyncio  # noqa: PLC0415 - keeps --help fast

    return asyncio.run(_run(choice, seconds, faster, protocol))


async def _run(choice: Choice, seconds: float, faster: float, protocol: str) -> int:
    from funcyard.cli.deploy._azure import Purpose  # noqa: PLC0415 - keeps --help fast
    from funcyard.cli.twin._session import opened  # noqa: PLC0415 - keeps --help fast
    from funcyard.output import table, to_json  # noqa: PLC0415 - keeps --help fast

    async with opened(choice, Purpose.LOOK) as session:
        report = await _sent(session, seconds, faster, protocol, is_told=not choice.as_json)
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
        counts = {"sent": report.sent, "refused": report.refused}
        click.echo(to_json({"protocol": protocol, **counts, "devices": devices}))
    else:
        rows = [
            (one["device"], str(one["sent"]), str(one["refused"]), one["reason"] or "")
            for one in devices
        ]
        click.echo(table(["DEVICE", "SENT", "REFUSED", "WHY"], rows))
    return 1 if report.refused else 0


async def _sent(
    session: Session, seconds: float, faster: float, protocol: str, *, is_told: bool
) -> Report:
    from funcyard.deploy.clock import SystemClock  # noqa: PLC0415 - keeps --help fast
    from funcyard.twin.deploying.clock import clock_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.twin.deploying.devices import hub_of, keys_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.twin.simulator.running import simulate  # noqa: PLC0415 - keeps --help fast
    from funcyard.twin.simulator.schedule import schedules  # noqa: PLC0415 - keeps --help fast

    cloud = session.engine.cloud
    host = hub_of(await session.state())
    keys = await keys_of(schedules(session.twin), session.graph, cloud)
    if is_told:
        how = f"over {protocol.upper()} for {seconds / faster:g} s"
        click.echo(f"{len(keys)} devices send to {host} {how}", err=True)
    async with transport(protocol, host, keys, cloud.cloud) as sender:
        return await simulate(
            session.twin,
            sender,
            SystemClock(),
            seconds,
            faster=faster,
            time_of_day=clock_of(session.folder),
        )


def transport(
    protocol: str, host: str, keys: Mapping[str, str], cloud: Cloud
) -> AbstractAsyncContextManager[Transport]:
    """Return what sends.

    Raises:
        MqttMissingError: What it needs is not installed.
    """
    from funcyard.twin.simulator.https import HttpsTransport  # noqa: PLC0415 - keeps --help fast

    if protocol == "https":
        return HttpsTransport(host, keys, cloud.trusted(), through_proxy=cloud.is_public)
    try:
        from funcyard.twin.simulator.mqtt import MqttTransport  # noqa: PLC0415 - may be missing
    except ModuleNotFoundError as missing:
        raise MqttMissingError(
            f"{missing.name} is not installed, by which devices send over MQTT",
            hint="pip install 'funcyard[mqtt]', or --protocol https",
        ) from missing
    trusted = None if cloud.ca_file is None else cloud.ca_file.read_text("ascii")
    return MqttTransport(host, keys, trusted)
