"""A writer that is killed at any moment leaves the old content or the new, and nothing to see."""

from __future__ import annotations

import asyncio
import functools
import random
from datetime import timedelta
from pathlib import Path

from tests.forking import Forked
from tests.integration.emulator.conftest import Files
from tests.integration.workspace.store import writer
from tests.integration.workspace.store.conftest import contents
from tests.integration.workspace.store.writer import SIZE

from funcyard.workspace.store.base import Store
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.store.share import ShareStore

_KILLS = 6
_PATIENCE = 30


async def _killed(place: dict[str, str], after: float) -> None:
    """Start a writer, let it write once, and kill it a moment later."""
    program = Forked(functools.partial(writer.main, place))
    assert program.stdout is not None
    assert program.stdout.readline() == "written\n"
    await asyncio.sleep(after)
    program.kill()
    program.close(_PATIENCE)


async def _check(store: Store, place: dict[str, str]) -> None:
    moments = random.Random(1)  # noqa: S311  no secret
    for _ in range(_KILLS):
        await _killed(place, moments.uniform(0, 0.06))
        found = await contents(store)
        content = found["f"]
        assert set(found) == {"f"}
        assert content is not None
        assert (len(content), len(set(content))) == (SIZE, 1), "the file is torn"
        assert content[0] != 0, "the file is not filled"
    swept = await store.sweep(older_than=timedelta())
    assert 0 <= swept <= _KILLS
    assert await store.sweep(older_than=timedelta()) == 0


async def test_no_kill_tears_a_file_of_a_folder(directory: DirectoryStore, tmp_path: Path) -> None:
    await _check(directory, {"folder": str(tmp_path / "workspace")})


async def test_no_kill_tears_a_file_of_a_mount(smb: DirectoryStore, smb_folder: Path) -> None:
    await _check(smb, {"folder": str(smb_folder)})


async def test_no_kill_tears_a_file_of_a_share(
    files: Files, share: ShareStore, share_name: str
) -> None:
    await _check(share, {"endpoint": files.url, "key": files.key, "share": share_name})
