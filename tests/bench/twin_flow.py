"""Readings on their way from devices to hot storage: how long one takes, and whether many arrive.

The example twin with more devices is deployed to a local Azure. Readings go over HTTPS, by the
simulator's own transport. While many are sent, each app of the twin is killed (``-9``) once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azure.cosmos.aio import CosmosClient
from azure.cosmos.exceptions import CosmosResourceNotFoundError
from tests.bench.machinery import print_value
from tests.bench.twin_machinery import azure, deployed, make_twin, opened_twin, place

from funcyard.cli.deploy._azure import Purpose
from funcyard.twin.contract import items
from funcyard.twin.contract.times import write_time
from funcyard.twin.deploying.devices import hub_of, keys_of
from funcyard.twin.simulator.https import HttpsTransport

if TYPE_CHECKING:
    from tests.local_azure import LocalAzure

    from funcyard.cli.twin._session import Session

_SCALE = 100
_SINGLE = 100
_PAUSE_SECONDS = 0.1
_LOOK_SECONDS = 0.005
_QUIET_SECONDS = 15.0
"""So long nothing more arrives: what is missing by then is lost."""
_MODEL = "dtmi:coldstorage:ColdRoom;1"
_APPS = ("l1", "l2", "l3", "l4")


@dataclass
class Flow:
    """A twin through which readings flow.

    Attributes:
        transport: Sends.
        hot: The container of hot storage.
        devices: Their ids.
        sent: The number that each reading bears, by device and time.
        refused: Readings that the hub did not take.
    """

    transport: HttpsTransport
    hot: Any
    devices: list[str]
    sent: dict[tuple[str, str], int] = field(default_factory=dict)
    refused: int = 0

    async def send(self, number: int) -> tuple[str, str]:
        """Send a reading of the device whose turn it is; return its device and time."""
        device = self.devices[number % len(self.devices)]
        at = write_time(datetime.now(UTC))
        payload = {"iotDeviceId": device, "time": at, "temperature": -20.0, "humidity": number}
        self.sent[device, at] = number
        await self.transport.send(device, payload)
        return device, at

    async def arrival(self, device: str, at: str) -> None:
        """Wait until a reading is in hot storage."""
        while True:
            try:
                await self.hot.read_item(at, device)
            except CosmosResourceNotFoundError:
                await asyncio.sleep(_LOOK_SECONDS)
            else:
                return

    async def count(self) -> int:
        """Return how many readings are in hot storage."""
        query = "SELECT VALUE COUNT(1) FROM c"
        return sum([int(part) async for part in self.hot.query_items(query)])

    async def found(self) -> list[dict[str, Any]]:
        """Return all that is in hot storage."""
        return [one async for one in self.hot.read_all_items()]


def _with_devices(twin: Path, count: int) -> list[str]:
    """Give a twin so many devices more, each like the first room; return their ids."""
    names = [f"room-{number}" for number in range(count)]
    devices = twin / "config_iot_devices.json"
    known = json.loads(devices.read_text(encoding="utf-8"))
    known += [{**known[0], "id": name} for name in names]
    devices.write_text(json.dumps(known), encoding="utf-8")
    hierarchy = twin / "twin_hierarchy" / "azure_hierarchy.json"
    whole = json.loads(hierarchy.read_text(encoding="utf-8"))
    whole["twins"] += [{"$dtId": name, "$metadata": {"$model": _MODEL}} for name in names]
    hierarchy.write_text(json.dumps(whole), encoding="utf-8")
    return names


async def _latency(flow: Flow) -> None:
    times = []
    for number in range(_SINGLE):
        began = time.perf_counter()
        async with asyncio.timeout(60):
            await flow.arrival(*await flow.send(number))
        times.append(time.perf_counter() - began)
        await asyncio.sleep(_PAUSE_SECONDS)
    middle = f"{statistics.median(times) * 1000:.0f} ms"
    print_value("device to hot storage, p50", middle, target="under 500 ms")
    print_value("… p95", f"{statistics.quantiles(times, n=20)[-1] * 1000:.0f} ms")


async def _stream(flow: Flow, rate: float, seconds: float) -> float:
    """Send at a rate, each when it is due; return by how many seconds the latest was late."""
    began, late = time.perf_counter(), 0.0
    async with asyncio.TaskGroup() as group:
        for number in range(int(rate * seconds)):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            late = max(late, time.perf_counter() - due)
            group.create_task(_counted(flow, _SINGLE + number))
    return late


async def _counted(flow: Flow, number: int) -> None:
    try:
        await flow.send(number)
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is counted
        flow.refused += 1
        print(f"  refused: {fault}", flush=True)


async def _kill(sites: dict[str, str], seconds: float) -> None:
    """Kill each app once, in turn, all its processes."""
    pause = seconds / (len(sites) + 1)
    for layer, site in sites.items():
        await asyncio.sleep(pause)
        found = _processes(site)
        for one in found:
            os.kill(one, signal.SIGKILL)
        print(f"  killed {layer}: {len(found)} processes", flush=True)
        if not found:
            raise SystemExit(f"nothing of {site} runs")


def _processes(site: str) -> list[int]:
    """Return the processes of a site: those to whom it is told that they are it."""
    told = f"WEBSITE_SITE_NAME={site}".encode()
    found = []
    for room in Path("/proc").glob("[0-9]*"):
        try:
            if told in (room / "environ").read_bytes().split(b"\0"):
                found.append(int(room.name))
        except OSError:
            continue  # it is gone, or another's
    return found


async def _settled(flow: Flow) -> list[dict[str, Any]]:
    """Return what is in hot storage once all is there, or nothing more comes."""
    known, quiet_since = 0, time.perf_counter()
    while known < len(flow.sent) and time.perf_counter() - quiet_since < _QUIET_SECONDS:
        await asyncio.sleep(_PAUSE_SECONDS)
        before, known = known, await flow.count()
        if known > before:
            quiet_since = time.perf_counter()
    return await flow.found()


def _worked(process: int) -> float:
    """Return the processor time that a process has taken, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _flow(
    twin: Path, running: LocalAzure, devices: list[str], rate: float, seconds: float
) -> int:
    async with opened_twin(twin) as session:
        await deployed(session, session.graph)
    async with opened_twin(twin, Purpose.LOOK) as session:
        cloud = session.engine.cloud
        state = await session.state()
        keys = await keys_of(devices, session.graph, cloud)
        sites = {
            one.address.partition(".")[0]: str(one.outputs["name"])
            for one in state.records.values()
            if one.kind == "function-app"
        }
        hot = await _hot_storage(session)
        async with (
            HttpsTransport(
                hub_of(state), keys, cloud.cloud.trusted(), through_proxy=False
            ) as sender,
            CosmosClient(*hot, connection_verify=os.environ["SSL_CERT_FILE"]) as client,
        ):
            database = client.get_database_client(items.DATABASE)
            flow = Flow(sender, database.get_container_client(items.CONTAINER), devices)
            await _latency(flow)
            began, worked = time.perf_counter(), _worked(running.process.pid)
            killing = asyncio.create_task(_kill({one: sites[one] for one in _APPS}, seconds))
            late = await _stream(flow, rate, seconds)
            await killing
            sent = time.perf_counter() - began
            found = await _settled(flow)
            arrived = time.perf_counter() - began
            worked = (_worked(running.process.pid) - worked) / len(found)
    print_value("processor time of the local Azure, a reading", f"{worked * 1000:.1f} ms")
    return _print(flow, found, rate, (sent, arrived, late))


async def _hot_storage(session: Session) -> tuple[str, str]:
    account = session.graph.resources["l3.cosmos"]
    told = await account.secrets(session.engine.cloud, frozenset({"key"}))
    state = await session.state()
    return str(state.records[account.identity].outputs["endpoint"]), told["key"]


def _print(
    flow: Flow, found: list[dict[str, Any]], rate: float, times: tuple[float, float, float]
) -> int:
    sent, arrived, late = times
    seen = Counter((one["iotDeviceId"], one["id"]) for one in found)
    bearing = Counter(one["humidity"] for one in found)
    lost = len(flow.sent.keys() - seen.keys())
    twice = sum(many - 1 for many in (*seen.values(), *bearing.values()) if many > 1)
    strange = len(seen.keys() - flow.sent.keys())
    what = f"{rate:g} readings/s of {len(flow.devices)} devices, {sent:.0f} s: sent"
    print_value(what, str(len(flow.sent) - _SINGLE))
    print_value("… sent late by at most", f"{late * 1000:.0f} ms")
    print_value("… the last one was kept, after the last was sent", f"{arrived - sent:.1f} s")
    print_value("… not taken by the hub", str(flow.refused), target="0")
    print_value("… lost", str(lost), target="0")
    print_value("… twice", str(twice), target="0")
    print_value("… that nobody sent", str(strange), target="0")
    return 1 if lost or twice or strange or flow.refused else 0


def main() -> int:
    """Deploy, send, kill, and count; 1 where a reading is lost or there twice."""
    parser = argparse.ArgumentParser(prog="twin_flow", description="readings to hot storage")
    parser.add_argument("--devices", type=int, default=25)
    parser.add_argument("--rate", type=float, default=50, help="readings in a second")
    parser.add_argument("--seconds", type=float, default=120)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        twin = make_twin(Path(folder) / "twin", "flow")
        devices = _with_devices(twin, given.devices)
        with azure(Path(folder) / "azure", _SCALE) as running:
            place(twin, running)
            os.environ["SSL_CERT_FILE"] = running.ca
            return asyncio.run(_flow(twin, running, devices, given.rate, given.seconds))


if __name__ == "__main__":
    sys.exit(main())
