"""What is saved in the workspace's folder becomes a version, also where that fails at first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest
from tests.integration.workspace.sync.conftest import version

from funcyard.azure.storage import StorageAccount
from funcyard.workspace.connections.table import ConnectionTable
from funcyard.workspace.editing import Editor
from funcyard.workspace.scopes import Scope
from funcyard.workspace.source import LINK
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.sync.adopting import MOST_BYTES
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.versions.storage import Versions
from funcyard.workspace.watching import watch

_SECONDS = 60


async def _never(_: Scope) -> bool:
    return False


class Watched:
    """A folder that is watched, and what was told of it."""

    def __init__(self, folder: Path, workspace: Workspace) -> None:
        self.folder = folder
        self.workspace = workspace
        self.told: list[tuple[str, bool]] = []

    def report(self, message: str, *, bad: bool = False) -> None:
        self.told.append((message, bad))

    async def until(self, seen: Callable[[list[str]], bool]) -> None:
        """Wait until what was told is enough."""
        async with asyncio.timeout(_SECONDS):
            while not seen([message for message, _ in self.told]):  # noqa: ASYNC110 - told from a task
                await asyncio.sleep(0.02)


@pytest.fixture
async def watched(
    versions: Versions, account: StorageAccount, scope: Scope, tmp_path: Path
) -> AsyncIterator[Watched]:
    folder = tmp_path / "workspace"
    (folder / scope.root).mkdir(parents=True)
    store = DirectoryStore(folder)
    made = Watched(folder / scope.root, Workspace(versions, store))
    (made.folder / "first.txt").write_text("1")
    async with account.tables() as tables:
        task = asyncio.create_task(
            watch(
                folder,
                made.workspace,
                ConnectionTable(tables),
                by="somebody",
                report=made.report,
                wait=0.1,
                again=0.2,
            )
        )
        await made.until(bool)
        made.told.clear()
        yield made
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await store.close()


async def test_what_was_saved_while_the_scope_was_busy_runs_once_it_is_free(
    watched: Watched, scope: Scope
) -> None:
    async with watched.workspace.session(scope):
        (watched.folder / "a.txt").write_text("a")
        await watched.until(lambda told: len(told) == 1)
        await asyncio.sleep(1)  # it is tried again, and told once
    await watched.until(lambda told: len(told) > 1)

    assert "no version yet" in watched.told[0][0]
    assert watched.told[1:] == [(f"{scope}: version 2, 1 added, 0 modified, 0 deleted", False)]
    assert await version(watched.workspace, scope) == {"a.txt": b"a", "first.txt": b"1"}


async def test_what_lies_there_at_first_and_what_is_saved_right_then_is_a_version(
    watched: Watched, scope: Scope
) -> None:
    (watched.folder / "a.txt").write_text("a")
    await watched.until(bool)
    assert watched.told == [(f"{scope}: version 2, 1 added, 0 modified, 0 deleted", False)]
    assert await version(watched.workspace, scope) == {"a.txt": b"a", "first.txt": b"1"}


async def test_what_the_platform_itself_wrote_there_is_known_without_holding_the_scope(
    watched: Watched, scope: Scope
) -> None:
    (watched.folder / "a.txt").write_text("a")
    await watched.until(bool)
    before = (await watched.workspace.versions.ledger.read(scope)).fence

    editor = Editor(watched.workspace, _never)
    for number in range(3):
        await editor.put(scope, f"new{number}/b.txt", b"b", by="ada")
        await editor.delete(scope, "a.txt" if not number else f"new{number - 1}/b.txt", by="ada")
        await asyncio.sleep(0.5)  # each is told of by itself
    (watched.folder / "last.txt").write_text("z")
    await watched.until(lambda told: len(told) == 2)

    after = (await watched.workspace.versions.ledger.read(scope)).fence
    assert after - before == 6 + 1, "each edit has held the scope once, and so has what was saved"
    assert watched.told[1] == (f"{scope}: version 9, 1 added, 0 modified, 0 deleted", False)


async def test_a_folder_that_was_moved_there_whole_is_a_version(
    watched: Watched, scope: Scope, tmp_path: Path
) -> None:
    for name, text in (("one", "1"), ("two", "2")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(text)
    (tmp_path / "one").rename(watched.folder / "folder")
    await watched.until(bool)
    (watched.folder / "folder").rename(tmp_path / "away")
    (tmp_path / "two").rename(watched.folder / "folder")
    await watched.until(lambda told: len(told) == 2)

    held = await version(watched.workspace, scope)
    assert held == {"folder": None, "folder/a.txt": b"2", "first.txt": b"1"}


async def test_what_is_left_out_is_told_once(watched: Watched, scope: Scope) -> None:
    (watched.folder / "big.bin").write_bytes(bytes(MOST_BYTES + 1))
    await watched.until(lambda told: any("left out" in line for line in told))
    (watched.folder / "a.txt").write_text("a")
    await watched.until(lambda told: any("1 added" in line for line in told))

    left_out = [line for line in watched.told if "left out" in line[0]]
    assert left_out == [
        (f"{scope}: left out 'big.bin': it has 10485761 bytes of at most 10485760", True)
    ]


async def test_links_and_names_that_no_workspace_can_hold_are_named_and_gone_once_they_are(
    watched: Watched, scope: Scope
) -> None:
    (watched.folder / "b?.txt").write_text("b")
    (watched.folder / "link.txt").symlink_to("first.txt")
    await watched.until(lambda told: len(told) == 2)
    assert sorted(watched.told) == [
        (f"{scope}: left out 'b?.txt': the path 'b?.txt' has the character ?", True),
        (f"{scope}: left out 'link.txt': {LINK}", True),
    ]
    (watched.folder / "b?.txt").unlink()
    (watched.folder / "link.txt").unlink()
    ledger = watched.workspace.versions.ledger
    async with asyncio.timeout(_SECONDS):
        while (await ledger.read(scope)).left_out:  # noqa: ASYNC110 - noted by a task
            await asyncio.sleep(0.05)


async def test_of_many_that_are_left_out_some_are_named(
    watched: Watched, scope: Scope, tmp_path: Path
) -> None:
    (tmp_path / "clone" / ".git").mkdir(parents=True)
    for number in range(11):
        (tmp_path / "clone" / ".git" / f"{number}").write_text("")
        (tmp_path / "clone" / f"{number}?").write_text("")
    (tmp_path / "clone").rename(watched.folder / "clone")
    await watched.until(lambda told: any("more" in line for line in told))

    lines = [line for line, _ in watched.told if "left out" in line]
    assert len(lines) == 6
    assert lines[-1] == f"{scope}: left out 7 more"


async def test_a_folder_that_is_moved_away_is_told_and_watched_again_once_it_is_back(
    watched: Watched, scope: Scope, tmp_path: Path
) -> None:
    (tmp_path / "workspace").rename(tmp_path / "away")
    await watched.until(bool)
    (tmp_path / "away" / scope.root / "meanwhile.txt").write_text("m")
    (tmp_path / "away").rename(tmp_path / "workspace")
    await watched.until(lambda told: len(told) == 3)
    (watched.folder / "a.txt").write_text("a")
    await watched.until(lambda told: len(told) == 4)

    folder = tmp_path / "workspace"
    assert watched.told == [
        (f"{folder} is not there: until it is, nothing that is saved is seen", True),
        (f"{folder} is there again: what is saved in it is seen", False),
        (f"{scope}: version 2, 1 added, 0 modified, 0 deleted", False),
        (f"{scope}: version 3, 1 added, 0 modified, 0 deleted", False),
    ]
