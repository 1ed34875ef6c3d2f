"""The folder where links lead out of it, the disk is full, or others change it meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.integration.workspace.store.conftest import contents, fill
from tests.smb_like import mounted

from funcyard.errors import UserError
from funcyard.workspace.store.base import (
    NoSuchPathError,
    PathTakenError,
    StoreFullError,
    StoreRefusedError,
    StoreUnreachableError,
)
from funcyard.workspace.store.directory import DirectoryStore


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of the store."""
    return tmp_path / "workspace"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder with a secret that no store may reach."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret").write_text("secret")
    return folder


def _holds(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def _read(store: DirectoryStore, path: str) -> bytes:
    return b"".join([chunk async for chunk in store.read(path)])


async def test_a_linked_folder_is_not_entered(
    directory: DirectoryStore, root: Path, outside: Path
) -> None:
    (root / "link").symlink_to(outside)
    (root / "up").symlink_to("..")

    for path in ("link/secret", "up/outside/secret"):
        with pytest.raises(NoSuchPathError):
            await _read(directory, path)
        with pytest.raises(NoSuchPathError):
            await directory.write(path, b"overwritten")
        assert await directory.stat(path) is None
        assert await directory.remove_file(path) is False
    with pytest.raises(NoSuchPathError):
        await directory.make_directory("link/made")
    with pytest.raises(PathTakenError):
        await directory.make_directory("link")
    assert await contents(directory) == {}
    assert [item async for item in directory.walk("link")] == []
    assert await directory.sweep("link", older_than=timedelta()) == 0
    assert _holds(outside) == {"secret"}
    assert (outside / "secret").read_text() == "secret"


async def test_a_linked_file_is_neither_read_nor_written_through(
    directory: DirectoryStore, root: Path, outside: Path
) -> None:
    (root / "link").symlink_to(outside / "secret")
    (root / "loop").symlink_to("loop")

    with pytest.raises(NoSuchPathError):
        await _read(directory, "link")
    with pytest.raises(NoSuchPathError):
        await _read(directory, "loop")
    assert await directory.stat("link") is None
    await directory.write("link", b"a file of its own")

    assert (outside / "secret").read_text() == "secret"
    assert not (root / "link").is_symlink()
    assert await contents(directory) == {"link": b"a file of its own"}


async def test_a_folder_that_turns_into_a_link_and_back_never_leads_out(
    directory: DirectoryStore, root: Path, outside: Path
) -> None:
    (root / "real").mkdir()
    (root / "d").mkdir()
    (root / "d" / "secret").write_text("harmless")
    swapping = threading.Event()

    def swap() -> None:
        while not swapping.is_set():
            (root / "d").rename(root / "real" / "aside")
            (root / "d").symlink_to(outside)
            (root / "d").unlink()
            (root / "real" / "aside").rename(root / "d")

    swapper = threading.Thread(target=swap)
    swapper.start()
    try:
        for number in range(400):
            with contextlib.suppress(UserError):
                assert await _read(directory, "d/secret") == b"harmless"
            with contextlib.suppress(UserError):
                await directory.write(f"d/{number}", b"")
            with contextlib.suppress(UserError):
                await directory.remove_file(f"d/{number}")
            assert all("secret" not in path for path in await _names(directory, "d"))
    finally:
        swapping.set()
        swapper.join()

    assert _holds(outside) == {"secret"}


async def _names(store: DirectoryStore, path: str) -> list[str]:
    """Return what a walk tells of a folder, the harmless file left out."""
    return [item.path async for item in store.walk(path) if item.size != len("harmless")]


async def test_pipes_and_sockets_are_not_there(directory: DirectoryStore, root: Path) -> None:
    os.mkfifo(root / "pipe")

    with pytest.raises(NoSuchPathError):
        await asyncio.wait_for(_read(directory, "pipe"), 10)
    assert await directory.stat("pipe") is None
    assert await contents(directory) == {}


async def test_names_that_no_workspace_holds_are_not_there(
    directory: DirectoryStore, root: Path
) -> None:
    for name in (b"a:b", b"back\\slash", b"\xff\xfe", b"trailing.", "u\u0308".encode(), b"nul"):
        (root / os.fsdecode(name)).write_text("")
    await directory.write("kept", b"")

    assert await contents(directory) == {"kept": b""}


async def test_what_holds_something_that_is_no_item_is_not_removed(
    directory: DirectoryStore, root: Path
) -> None:
    await directory.make_directory("d")
    (root / "d" / "link").symlink_to("nowhere")

    with pytest.raises(PathTakenError):
        await directory.remove_directory("d")
    assert (root / "d" / "link").is_symlink()


async def test_a_folder_that_is_not_mounted_is_told(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path / "nowhere")
    with pytest.raises(StoreUnreachableError) as told:
        await store.write("f", b"")
    with pytest.raises(StoreUnreachableError):
        await contents(store)
    with pytest.raises(StoreUnreachableError):
        await store.stat("f")
    await store.close()

    assert told.value.exit_code == 4


async def test_names_differ_by_case_only_once_also_where_the_disk_holds_both(
    directory: DirectoryStore, root: Path
) -> None:
    (root / "A").write_text("upper")
    (root / "a").write_text("lower")

    assert await _read(directory, "A") == b"upper"
    assert await _read(directory, "a") == b"lower"


async def test_who_is_called_off_while_opening_leaves_nothing_open(
    directory: DirectoryStore,
) -> None:
    await directory.write("f", b"1")
    before = _holds(Path("/proc/self/fd"))
    for _ in range(50):
        reading = asyncio.create_task(_read(directory, "f"))
        await asyncio.sleep(0)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    await directory.close()

    assert _holds(Path("/proc/self/fd")) <= before


async def test_no_more_than_eight_calls_block_at_once(directory: DirectoryStore) -> None:
    await asyncio.gather(*(directory.write(f"f{number}", b"1" * 100_000) for number in range(100)))

    threads = [thread for thread in threading.enumerate() if thread.name.startswith("workspace")]
    assert 0 < len(threads) <= 8


@contextlib.contextmanager
def _disk(folder: Path, options: str) -> Iterator[Path]:
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small file system takes root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


async def test_a_full_disk_keeps_what_was_there(tmp_path: Path) -> None:
    with _disk(tmp_path / "disk", "size=256k") as folder:
        await _check_full(folder)


async def test_a_full_share_behind_a_mount_keeps_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "mount").mkdir()
    with mounted(tmp_path / "mount", capacity=256 * 1024) as mount:
        if mount.fault:
            pytest.skip(f"no file system of our own: {mount.fault}")
        await _check_full(tmp_path / "mount")


async def _check_full(folder: Path) -> None:
    store = DirectoryStore(folder)
    await store.write("f", b"old" * 100)

    for _ in range(3):
        with pytest.raises(StoreFullError) as told:
            await store.write("f", b"n" * 1_000_000)

    assert told.value.exit_code == 1
    assert _holds(folder) == {"f"}
    assert await contents(store) == {"f": b"old" * 100}
    await store.write("f", b"n" * 1000)
    await store.close()


async def test_a_disk_that_is_read_only_is_a_refusal(tmp_path: Path) -> None:
    with _disk(tmp_path / "disk", "ro") as folder:
        store = DirectoryStore(folder)
        with pytest.raises(StoreRefusedError) as told:
            await store.write("f", b"")
        await store.close()

    assert told.value.exit_code == 3


async def test_a_mount_whose_server_is_gone_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "mount").mkdir()
    with mounted(tmp_path / "mount") as mount:
        if mount.fault:
            pytest.skip(f"no file system of our own: {mount.fault}")
        store = await fill(DirectoryStore(tmp_path / "mount"), {"f": b"1"})
        mount.kill()
        with pytest.raises(StoreUnreachableError):
            await _read(store, "f")
        with pytest.raises(StoreUnreachableError):
            await store.write("f", b"2")
        await store.close()
