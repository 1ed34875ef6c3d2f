"""What Azurite acknowledged outlives the kill of whoever ran it, however slowly it ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from typing import TYPE_CHECKING

import psutil
from azure.data.tables.aio import TableServiceClient
from tests.integration.host.host_app import new_key

from funcyard.host import children
from funcyard.host.azurite.process import AzuriteProcess, Ports
from funcyard.host.children import Children
from funcyard.host.events import Events

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from funcyard.host.azurite.locate import Azurite

RUN = """
import asyncio, json, sys
from pathlib import Path
from funcyard.host.azurite.locate import Azurite
from funcyard.host.azurite.process import AzuriteProcess, Ports
from funcyard.host.events import Events
from funcyard.host.holder import ProjectLock

async def run(node, main, state, key):
    lock = ProjectLock(Path(state))
    lock.acquire()
    process = AzuriteProcess(
        Azurite(Path(node), Path(main), "0", "given"), location=Path(state, "azurite"), key=key,
        ports=Ports(), events=Events(), spawned=lock.storage_started,
    )
    await process.start()
    print(json.dumps([process.pid, process.connection_string]), flush=True)
    await asyncio.sleep(600)

asyncio.run(run(*sys.argv[1:]))
"""


async def test_the_storage_of_a_killed_run_has_the_time_to_write_what_it_acknowledged(
    azurite: Azurite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key()
    run = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", RUN, azurite.node, azurite.main, tmp_path, key),
        stdout=asyncio.subprocess.PIPE,
    )
    assert run.stdout is not None
    pid, connection = json.loads(await run.stdout.readline())
    async with TableServiceClient.from_connection_string(connection) as tables:
        table = await tables.create_table("jobs")
        await table.create_entity({"PartitionKey": "a", "RowKey": "b", "Told": "yes"})
    run.kill()
    await run.wait()
    monkeypatch.setattr(children, "_GRACE_SECONDS", 0.2)
    os.kill(pid, signal.SIGSTOP)  # a machine with too much to do
    said: list[str] = []
    ending = asyncio.create_task(
        asyncio.to_thread(Children(tmp_path / "children.json").end_orphans, said.append)
    )
    await asyncio.sleep(0.6)
    if psutil.pid_exists(pid):
        os.kill(pid, signal.SIGTERM)  # somebody is impatient
        os.kill(pid, signal.SIGCONT)
    await asyncio.wait_for(ending, 30)

    following = AzuriteProcess(
        azurite, location=tmp_path / "azurite", key=key, ports=Ports(), events=Events()
    )
    await following.start()
    try:
        again = TableServiceClient.from_connection_string(following.connection_string)
        async with again, again.get_table_client("jobs") as table:
            row = await table.get_entity("a", "b")
    finally:
        await following.stop()
    assert row["Told"] == "yes"
    assert said == ["waiting for the storage of a killed run to write what it holds"]


async def test_storage_that_is_told_to_end_twice_writes_what_it_holds(
    azurite: Azurite, tmp_path: Path
) -> None:
    key = new_key()
    process = AzuriteProcess(azurite, location=tmp_path, key=key, ports=Ports(), events=Events())
    await process.start()
    assert process.pid is not None
    async with TableServiceClient.from_connection_string(process.connection_string) as tables:
        table = await tables.create_table("jobs")
        await asyncio.gather(
            *(
                table.create_entity({"PartitionKey": "a", "RowKey": str(row), "Text": "x" * 9_000})
                for row in range(200)
            )
        )
    pid = process.pid
    process._watch.cancel()  # type: ignore[union-attr]  # noqa: SLF001 - it would start another one
    os.kill(pid, signal.SIGTERM)
    await asyncio.sleep(0.002)
    os.kill(pid, signal.SIGTERM)
    await process.stop()

    await process.start()
    try:
        again = TableServiceClient.from_connection_string(process.connection_string)
        async with again, again.get_table_client("jobs") as table:
            rows = [row async for row in table.list_entities()]
    finally:
        await process.stop()
    assert len(rows) == 200
