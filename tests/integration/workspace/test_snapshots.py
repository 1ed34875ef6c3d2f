"""A version is laid out on this machine: whole, once, for as long as it is used."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
from azure.storage.blob.aio import BlobServiceClient
from tests.integration.workspace.sources import Branch
from tests.integration.workspace.transport import Transport

from funcyard.workspace import snapshot_files
from funcyard.workspace.snapshots import Snapshots
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.versions.contents import ContentDamagedError
from funcyard.workspace.versions.library import VersionGoneError
from funcyard.workspace.versions.name import VersionName
from funcyard.workspace.versions.storage import Versions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from funcyard.azure.storage import StorageAccount
    from funcyard.workspace.scopes import Scope

FIRST = {"a.py": b"one", "b/c.py": b"two", "b/__init__.py": b"", "d.py": b"one"}


@pytest.fixture
def transport() -> Transport:
    return Transport()


@pytest.fixture
async def versions(
    connection: str, account: StorageAccount, transport: Transport
) -> AsyncIterator[Versions]:
    blobs = BlobServiceClient.from_connection_string(connection, transport=transport)
    async with blobs, account.tables() as tables:
        yield Versions(blobs, tables)


@pytest.fixture
async def workspace(versions: Versions, tmp_path: Path) -> AsyncIterator[Workspace]:
    store = DirectoryStore(tmp_path / "view")
    yield Workspace(versions, store)
    await store.close()


async def pushed(workspace: Workspace, scope: Scope, files: Mapping[str, bytes]) -> VersionName:
    branch = Branch()
    branch.push(files)
    version = (await workspace.sync(scope, branch)).version
    assert version is not None
    return version


def read(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


async def test_a_snapshot_holds_what_its_version_holds_and_cannot_be_changed(
    workspace: Workspace, versions: Versions, scope: Scope, tmp_path: Path
) -> None:
    version = await pushed(workspace, scope, FIRST)

    with await Snapshots(tmp_path / "s", versions).acquire(scope, version) as snapshot:
        assert read(snapshot.folder) == FIRST
        assert (snapshot.folder / "a.py").stat().st_mode & 0o777 == 0o444
        assert (snapshot.folder / "b").stat().st_mode & 0o777 == 0o555
        assert snapshot.folder.stat().st_mode & 0o777 == 0o555


async def test_the_next_version_costs_what_changed_and_the_one_before_stays_as_it_was(
    workspace: Workspace, versions: Versions, scope: Scope, transport: Transport, tmp_path: Path
) -> None:
    snapshots = Snapshots(tmp_path / "s", versions)
    big = {f"{number}.py": os.urandom(10_000) for number in range(50)}
    first = await pushed(workspace, scope, big)
    old = await snapshots.acquire(scope, first)
    second = await pushed(workspace, scope, {**big, "0.py": b"new"})
    transport.sent.clear()

    with await snapshots.acquire(scope, second) as new:
        assert transport.sent == {"GET": 1}
        assert read(new.folder) == {**big, "0.py": b"new"}
        assert read(old.folder) == big
        assert (new.folder / "1.py").samefile(old.folder / "1.py")
    with await snapshots.acquire(scope, second):
        assert transport.sent == {"GET": 1}
    old.close()
    old.close()


async def test_where_nothing_can_be_linked_files_are_copied(
    workspace: Workspace,
    versions: Versions,
    scope: Scope,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    version = await pushed(workspace, scope, FIRST)

    with await Snapshots(tmp_path / "s", versions).acquire(scope, version) as snapshot:
        assert read(snapshot.folder) == FIRST
        assert (snapshot.folder / "a.py").stat().st_mode & 0o777 == 0o444


async def test_people_know_the_files_by_their_paths_in_the_view(
    workspace: Workspace, versions: Versions, scope: Scope, tmp_path: Path
) -> None:
    version = await pushed(workspace, scope, FIRST)
    snapshots = Snapshots(tmp_path / "s", versions, view="/workspace")

    with await snapshots.acquire(scope, version) as snapshot:
        here, known = str(snapshot.folder / "b/c.py"), f"/workspace/{scope.root}/b/c.py"
        assert snapshot.to_view(here) == known
        assert snapshot.to_folder(known) == here
        assert snapshot.to_view("/usr/lib/python3/os.py") == "/usr/lib/python3/os.py"
        assert snapshot.to_folder(f"/workspace/{scope.root}x/b.py").startswith("/workspace/")


async def test_many_at_once_get_one_and_the_same_folder(
    workspace: Workspace, versions: Versions, scope: Scope, tmp_path: Path
) -> None:
    version = await pushed(workspace, scope, FIRST)
    several = [Snapshots(tmp_path / "s", versions) for _ in range(4)]

    taken = await asyncio.gather(*(one.acquire(scope, version) for one in several * 5))

    assert len({snapshot.folder for snapshot in taken}) == 1
    assert read(taken[0].folder) == FIRST
    for snapshot in taken:
        snapshot.close()
    assert list((tmp_path / "s" / "aside").iterdir()) == []


async def test_a_snapshot_in_use_stays_when_there_is_no_room_and_the_others_go(
    workspace: Workspace, versions: Versions, scope: Scope, tmp_path: Path
) -> None:
    snapshots = Snapshots(tmp_path / "s", versions, capacity=25_000)
    names = [
        await pushed(workspace, scope, {"a.py": os.urandom(10_000), "same.py": b"same"})
        for _ in range(5)
    ]
    used = await snapshots.acquire(scope, names[0])
    before = read(used.folder)
    for name in names[1:]:
        (await snapshots.acquire(scope, name)).close()

    assert read(used.folder) == before
    left = {folder.name for folder in used.folder.parent.iterdir()}
    assert left == {names[0].short, names[4].short}
    assert sum(path.stat().st_size for path in (tmp_path / "s" / "contents").glob("*/*")) < 25_000
    used.close()


async def test_a_snapshot_used_by_another_process_stays_until_that_dies(
    workspace: Workspace, versions: Versions, scope: Scope, tmp_path: Path
) -> None:
    snapshots = Snapshots(tmp_path / "s", versions, capacity=1)
    first = await pushed(workspace, scope, FIRST)
    (await snapshots.acquire(scope, first)).close()
    folder = tmp_path / "s" / "versions" / scope.name / first.short
    program = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        from funcyard.workspace.snapshot_files import SnapshotFiles
        lock = SnapshotFiles(Path(sys.argv[1]), 1).lock(sys.argv[2])
        print("held", flush=True)
        time.sleep(600)
        """
    )
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, tmp_path / "s", f"{scope.name}/{first.short}"),
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    await holder.stdout.readline()
    second = await pushed(workspace, scope, {"z.py": b"z"})
    (await snapshots.acquire(scope, second)).close()
    assert read(folder) == FIRST
    holder.kill()
    await holder.communicate()
    third = await pushed(workspace, scope, {"y.py": b"y"})
    (await snapshots.acquire(scope, third)).close()

    assert not folder.exists()


async def test_a_content_that_somebody_wrote_to_is_fetched_again_for_the_next_version(
    workspace: Workspace, versions: Versions, scope: Scope, tmp_path: Path
) -> None:
    snapshots = Snapshots(tmp_path / "s", versions)
    first = await pushed(workspace, scope, FIRST)
    with await snapshots.acquire(scope, first) as snapshot:
        (snapshot.folder / "a.py").chmod(0o644)
        (snapshot.folder / "a.py").write_bytes(b"bad")
    second = await pushed(workspace, scope, {**FIRST, "e.py": b"more"})

    with await snapshots.acquire(scope, second) as snapshot:
        assert read(snapshot.folder) == {**FIRST, "e.py": b"more"}


async def test_a_content_that_vanishes_while_it_is_laid_out_is_fetched_again(
    workspace: Workspace,
    versions: Versions,
    scope: Scope,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    version = await pushed(workspace, scope, FIRST)
    link = snapshot_files._link  # noqa: SLF001 - where another process comes between
    taken: list[Path] = []

    def vanish(content: Path, path: Path) -> None:
        if not taken:
            taken.append(content)
            content.unlink()
        link(content, path)

    monkeypatch.setattr(snapshot_files, "_link", vanish)
    with await Snapshots(tmp_path / "s", versions).acquire(scope, version) as snapshot:
        assert read(snapshot.folder) == FIRST


async def test_a_version_that_cannot_be_had_leaves_nothing_behind(
    workspace: Workspace, versions: Versions, scope: Scope, tmp_path: Path
) -> None:
    snapshots = Snapshots(tmp_path / "s", versions)
    version = await pushed(workspace, scope, FIRST)
    manifest = await versions.library.load(scope, version)
    (pack,) = manifest.packs
    await versions.container.pack(scope, pack).delete_blob()

    with pytest.raises(ContentDamagedError):
        await snapshots.acquire(scope, version)
    with pytest.raises(VersionGoneError):
        await snapshots.acquire(scope, VersionName(9, "a" * 64))

    assert not list((tmp_path / "s").glob("versions/*/*"))
