"""Workers on one workspace are killed at any moment: nothing is half-published, nothing is lost."""

from __future__ import annotations

import asyncio
import functools
import os
import random
from typing import TYPE_CHECKING

import pytest
from tests.forking import Forked
from tests.integration.workspace.sources import Branch, Files
from tests.integration.workspace.sync import worker
from tests.integration.workspace.sync.conftest import version, view
from tests.integration.workspace.sync.worker import TERMS, number_of, tree

from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.versions.storage import Versions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from funcyard.azure.storage import StorageAccount
    from funcyard.workspace.scopes import Scope

ROUNDS = 6
_PATIENCE = 30


@pytest.fixture
async def versions(account: StorageAccount) -> AsyncIterator[Versions]:
    async with account.blobs() as blobs, account.tables() as tables:
        yield Versions(blobs, tables, terms=TERMS)


def start(connection: str, scope: Scope, root: Path, seed: int) -> Forked:
    """Start a worker and wait until it works."""
    process = Forked(functools.partial(worker.main, connection, scope.name, root, seed))
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def files_of(found: dict[str, bytes | None]) -> Files:
    return {path: content for path, content in found.items() if content is not None}


async def check_whole(workspace: Workspace, scope: Scope) -> int:
    """The current version is one tree, whole; return its number in the chain, 0 before any."""
    if await workspace.versions.current(scope) is None:
        return 0
    files = files_of(await version(workspace, scope))
    assert files == tree(number_of(files))
    current = (await workspace.versions.ledger.read(scope)).current
    assert current is not None
    return current.number


@pytest.mark.timeout(300)
async def test_two_workers_are_killed_again_and_again_and_no_reader_ever_sees_a_mixture(
    connection: str, versions: Versions, scope: Scope, tmp_path: Path
) -> None:
    root = tmp_path / "view"
    root.mkdir()  # the first workers may be killed before they have made it
    store = DirectoryStore(root)
    workspace = Workspace(versions, store)
    choice = random.Random(os.urandom(8))  # noqa: S311 - moments, no secrets
    number = 0
    for turn in range(ROUNDS):
        workers = [start(connection, scope, root, 2 * turn + one) for one in range(2)]
        for each in workers:
            await asyncio.sleep(choice.random() / 3)
            seen = await check_whole(workspace, scope)
            assert seen >= number
            number = seen
            each.kill()
            each.close(_PATIENCE)
        seen = await check_whole(workspace, scope)
        assert seen >= number
        number = seen

        if turn % 3 == 0:
            await workspace.show(scope, wait=30)
            assert await view(workspace, scope) == (
                await version(workspace, scope) if number else {}
            )
    assert number > 0

    last = Branch()
    last.push(tree(7))
    result = await workspace.sync(scope, last, wait=30)

    assert result.status == "success"
    shown = await view(workspace, scope)
    assert shown == await version(workspace, scope)
    assert files_of(shown) == tree(7)
    await store.close()


async def test_a_workers_death_before_anything_is_published_leaves_the_last_good_version(
    connection: str, versions: Versions, scope: Scope, tmp_path: Path
) -> None:
    workspace = Workspace(versions, DirectoryStore(tmp_path / "view"))
    first = Branch()
    first.push(tree(1))
    before = await workspace.sync(scope, first)
    one = start(connection, scope, tmp_path / "view", 5)
    one.kill()
    one.close(_PATIENCE)

    state = await versions.ledger.read(scope)
    assert before.version is not None
    assert state.current is not None
    assert before.version.number <= state.current.number
    await check_whole(workspace, scope)
    await workspace.store.close()
