"""What rclone sees is what the stores wrote, and the other way round."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from pathlib import Path

import pytest
from tests.hostile_paths import ACCEPTED
from tests.integration.emulator.conftest import ACCOUNT, Files
from tests.integration.workspace.store.conftest import contents, fill

from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.store.share import ShareStore


class Rclone:
    """rclone, with a share as ``azure:``."""

    def __init__(self, files: Files, share: str) -> None:
        remote = {
            "TYPE": "azurefiles",
            "ACCOUNT": ACCOUNT,
            "KEY": files.key,
            "SHARE_NAME": share,
            "ENDPOINT": files.url,
        }
        self._environment = {f"RCLONE_CONFIG_AZURE_{name}": value for name, value in remote.items()}

    async def run(self, *arguments: str | Path) -> str:
        """Run it to its good end; return what it said."""
        process = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("rclone"),
            *("--config", os.devnull, "--retries", "1", *arguments),
            env={**os.environ, **self._environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, output.decode()
        return output.decode()


@pytest.fixture
def rclone(files: Files, share_name: str) -> Rclone:
    return Rclone(files, share_name)


def _tree() -> dict[str, bytes | None]:
    """Return folders and files of many names and sizes; folders first.

    Without fullwidth punctuation, which rclone takes for its own escapes of what Azure forbids.
    """
    numbers = random.Random(1)  # noqa: S311  no secret
    tree: dict[str, bytes | None] = {}
    short = [path for path in ACCEPTED if len(path) < 200 and "\uff1a" not in path]
    for number, path in enumerate(short):
        names = f"{number}/{path}".split("/")
        tree |= {"/".join(names[:depth]): None for depth in range(1, len(names))}
        tree["/".join(names)] = numbers.randbytes(number * 300)
    tree["large"] = numbers.randbytes(5 * 1024 * 1024)
    return tree


async def test_rclone_finds_on_the_share_what_lies_in_the_folder(
    share: ShareStore, directory: DirectoryStore, rclone: Rclone, tmp_path: Path
) -> None:
    tree = _tree()
    await fill(directory, tree)
    await fill(share, tree)
    workspace = tmp_path / "workspace"

    # By the MD5 that each file's properties hold, then by what the files themselves hold.
    assert "0 differences found" in await rclone.run("check", workspace, "azure:")
    assert "0 differences found" in await rclone.run("check", workspace, "azure:", "--download")

    changed = sorted(path for path, content in tree.items() if content is not None)[::3]
    for path in changed:
        for store in (share, directory):
            await store.write(path, path.encode())
    for path in changed[::2]:
        for store in (share, directory):
            await store.remove_file(path)
    assert "0 differences found" in await rclone.run("check", workspace, "azure:")
    assert "0 differences found" in await rclone.run("check", workspace, "azure:", "--download")


async def test_the_share_reads_what_rclone_synced(
    share: ShareStore, directory: DirectoryStore, rclone: Rclone, tmp_path: Path
) -> None:
    tree = _tree()
    await fill(directory, tree)

    await rclone.run("sync", tmp_path / "workspace", "azure:", "--create-empty-src-dirs")

    assert await contents(share) == tree


async def test_the_share_and_its_mount_are_one_workspace(
    files: Files, share: ShareStore, share_name: str
) -> None:
    mount = DirectoryStore(files.folder(share_name))
    await fill(share, {"a": None, "a/f": b"by the share"})
    assert await contents(mount) == {"a": None, "a/f": b"by the share"}

    await fill(mount, {"A/F": b"by the mount", "b": None})

    found = {path.lower(): content for path, content in (await contents(share)).items()}
    assert found == {"a": None, "a/f": b"by the mount", "b": None}
    await mount.close()
