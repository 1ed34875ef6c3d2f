"""Stacks in a real storage account: drift, faults of the wire, and ``kill -9`` at every moment."""

from __future__ import annotations

import asyncio
import functools
import random
import signal
import uuid
from pathlib import Path

import pytest
from tests.fault_proxy import Fault, FaultProxy
from tests.forking import Forked
from tests.integration.deploy import deployer
from tests.integration.deploy.real_resources import REGISTRY, Storage, reached, shown, stack_of

from funcyard.azure.storage import StorageAccount
from funcyard.deploy.apply import deploy, plan
from funcyard.deploy.check import Absent, Drifted, Present, check
from funcyard.deploy.destroy import destroy
from funcyard.deploy.diff import Difference
from funcyard.deploy.engine import Engine, Limits
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.ownership import ForeignResourceError
from funcyard.deploy.resume import NothingToResumeError, resume

_QUICK = Limits(first_pause=0.05, longest_pause=0.5, first_look=0.05, patience=60.0)
# Before and after: the beginning, an intent and an outcome of each of four, the end, the state.
_MOMENTS = 2 * (1 + 2 * 4 + 1 + 1)
_PATIENCE = 60
_FAULTS = tuple(fault for fault in Fault if fault is not Fault.SILENT)


@pytest.fixture
def name() -> str:
    """A name that no other stack has."""
    return f"s{uuid.uuid4().hex[:12]}"


def _engine(folder: Path, name: str, storage: Storage) -> Engine[Storage]:
    return Engine(name, storage, FolderStore(folder, name), REGISTRY, limits=_QUICK)


async def test_what_changed_behind_its_back_is_found_and_mended(
    connection: str, name: str, tmp_path: Path
) -> None:
    async with reached(connection) as storage:
        engine, graph = _engine(tmp_path, name, storage), stack_of(name, "red")
        assert set((await check(engine, graph)).values()) == {Absent()}
        await deploy(engine, graph)
        right = await shown(storage, name)
        assert set((await check(engine, graph)).values()) == {Present()}

        tags = {tag: value for tag, value in right[f"{name}-site"].items() if "funcyard" in tag}
        site = storage.blobs.get_container_client(f"{name}-site")
        await site.set_container_metadata({"colour": "blue", "shape": "round"} | tags)
        await storage.queues.delete_queue(f"{name}-late")

        found = await check(engine, graph)
        assert found["site"] == Drifted((Difference(("colour",), "blue", "red"),))
        assert found["late"] == Absent()
        await deploy(engine, graph)
        assert await shown(storage, name) == right
        assert not (await plan(engine, graph)).writes
        await destroy(engine)
        assert await shown(storage, name) == {}


async def test_what_others_made_is_neither_changed_nor_taken_away(
    connection: str, name: str, tmp_path: Path
) -> None:
    async with reached(connection) as storage:
        engine, graph = _engine(tmp_path, name, storage), stack_of(name, "red")
        await storage.blobs.create_container(f"{name}-site", metadata={"theirs": "yes"})
        await storage.queues.create_queue(f"{name}-work")

        with pytest.raises(ForeignResourceError, match=f"site: {name}-site.*work: {name}-work"):
            await deploy(engine, graph)
        await destroy(engine)

        assert await shown(storage, name) == {
            f"{name}-site": {"theirs": "yes"},
            f"{name}-work": {},
        }


@pytest.mark.parametrize("seed", range(3))
async def test_a_wire_that_fails_changes_nothing_of_the_outcome(
    connection: str, name: str, tmp_path: Path, seed: int
) -> None:
    account = StorageAccount.from_connection_string(connection)
    with FaultProxy(account.endpoints["blob"], share=0.3, faults=_FAULTS, seed=seed) as proxy:
        async with reached(connection, proxy.url) as storage, reached(connection) as direct:
            engine = _engine(tmp_path, name, storage)
            for colour, shape in (("red", "round"), ("blue", "square")):
                graph = stack_of(name, colour, shape)
                report = await deploy(engine, graph)
                assert report is not None
                assert report.is_good
                found = await shown(direct, name)
                assert found[f"{name}-site"]["shape"] == shape
                assert found[f"{name}-data"]["colour"] == colour
                assert len(found) == 4
            assert not (await plan(_engine(tmp_path, name, direct), graph)).writes
            await destroy(engine)
            assert await shown(direct, name) == {}
        assert proxy.met


@pytest.mark.parametrize("moment", range(_MOMENTS + 1))
async def test_killed_at_every_moment_of_the_journal_it_is_resumed_to_the_same_end(
    connection: str, name: str, tmp_path: Path, moment: int
) -> None:
    program = _started(connection, tmp_path, name, moment, "red")
    assert program.close(_PATIENCE) == (-signal.SIGKILL if moment < _MOMENTS else 0)

    async with reached(connection) as storage:
        engine, graph = _engine(tmp_path, name, storage), stack_of(name, "red")
        try:
            report = await resume(engine, graph)
        except NothingToResumeError:
            report = await deploy(engine, graph)
        assert report is not None
        assert report.is_good
        found = await shown(storage, name)
        assert sorted(found) == [f"{name}-{it}" for it in ("data", "late", "site", "work")]
        assert not (await plan(engine, graph)).writes
        await destroy(engine)
        assert await shown(storage, name) == {}


async def test_killed_at_any_time_it_is_resumed_to_the_same_end(
    connection: str, name: str, tmp_path: Path
) -> None:
    times = random.Random(1)  # noqa: S311  no secret
    async with reached(connection) as storage:
        await deploy(_engine(tmp_path, name, storage), stack_of(name, "red"))
        for number in range(4):
            colour = ("blue", "red")[number % 2]
            program = _started(connection, tmp_path, name, 10**6, colour)
            await asyncio.sleep(times.uniform(0, 0.5))
            program.kill()
            program.close(_PATIENCE)
            engine, graph = _engine(tmp_path, name, storage), stack_of(name, colour)
            await deploy(engine, graph)
            found = await shown(storage, name)
            assert len(found) == 4
            assert found[f"{name}-data"]["colour"] == colour
        await destroy(engine)
        assert await shown(storage, name) == {}


def _started(connection: str, folder: Path, name: str, moment: int, colour: str) -> Forked:
    program = functools.partial(deployer.main, connection, folder, name, colour, moment)
    return Forked(program)
