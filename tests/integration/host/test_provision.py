"""What a project declares is made in a real Azurite, once, under a signature of its key."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.integration.host.host_app import new_key
from tests.ports import free_ports

from funcyard.host import provision as provisioning
from funcyard.host.plan import StoragePlan
from funcyard.host.provision import ProvisionError, provision

if TYPE_CHECKING:
    from tests.integration.host.host_app import App


def _parts(connection: str) -> tuple[str, dict[str, str]]:
    parts = dict(part.split("=", 1) for part in connection.split(";") if part)
    kinds = ("blob", "queue", "table")
    return parts["AccountKey"], {kind: parts[f"{kind.title()}Endpoint"] for kind in kinds}


async def test_containers_queues_and_tables_are_made_and_stay_as_they_are(
    app: App, connection: str, unique: str
) -> None:
    key, endpoints = _parts(connection)
    names = (unique, f"{unique}2")
    plan = StoragePlan(Path(), key, containers=names, queues=names, tables=names)

    await provision(plan, endpoints)
    blob = app.storage.blobs().get_blob_client(unique, "kept")
    await blob.upload_blob(b"as it was")
    await provision(plan, endpoints)

    assert await (await blob.download_blob()).readall() == b"as it was"
    for name in names:
        assert await app.storage.blobs().get_container_client(name).exists()
        assert (await app.storage.queues().get_queue_client(name).get_queue_properties()).name
        table = app.storage.tables().get_table_client(name)
        assert [one async for one in table.list_entities()] == []


async def test_a_refusal_is_told_with_what_was_not_made(connection: str, unique: str) -> None:
    _, endpoints = _parts(connection)
    with pytest.raises(ProvisionError, match=f"does not make the container {unique}: .* 403"):
        await provision(StoragePlan(Path(), new_key(), containers=(unique,)), endpoints)


async def test_an_emulator_that_does_not_answer_is_told(
    unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provisioning, "_PATIENCE_SECONDS", 0.5)
    endpoints = {"queue": f"http://127.0.0.1:{free_ports(1)[0]}/devstoreaccount1"}
    with pytest.raises(ProvisionError, match=f"does not make the queue {unique}: .*refused"):
        await provision(StoragePlan(Path(), new_key(), queues=(unique,)), endpoints)


async def test_an_emulator_that_comes_late_is_waited_for(connection: str, unique: str) -> None:
    key, endpoints = _parts(connection)
    [port] = free_ports(1)
    place, _, account = endpoints["queue"].removeprefix("http://").partition("/")
    host, _, real = place.partition(":")

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(host, int(real))

        async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while piece := await source.read(65536):
                target.write(piece)
            target.close()

        with contextlib.suppress(OSError):
            await asyncio.gather(copy(reader, back), copy(there, writer))

    late = {"queue": f"http://127.0.0.1:{port}/{account}"}
    making = asyncio.create_task(provision(StoragePlan(Path(), key, queues=(unique,)), late))
    await asyncio.sleep(0.6)
    async with await asyncio.start_server(pass_on, "127.0.0.1", port):
        await making
