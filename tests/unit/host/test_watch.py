"""Saves below watched folders name the apps that must load again."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING

from funcyard.host.watch import changed_apps

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS = 30.0


async def test_a_save_names_each_app_that_uses_the_file_and_the_end_ends_the_watch(
    tmp_path: Path,
) -> None:
    api, jobs, shared = (tmp_path / name for name in ("api", "jobs", "shared"))
    for folder in (api, jobs, shared):
        folder.mkdir()
    stop = asyncio.Event()
    changes = changed_apps({"api": [api, shared], "jobs": [jobs, shared]}, stop)

    async def save_until_seen() -> None:
        while True:
            (shared / "helpers.py").write_text("x = 1\n")
            (shared / "notes.txt").write_text("nothing that is loaded\n")
            await asyncio.sleep(0.2)

    saving = asyncio.create_task(save_until_seen())
    async with asyncio.timeout(_SECONDS):
        concerned = await anext(changes)
        saving.cancel()
        stop.set()
        async for _ in changes:
            pass

    saved = (shared / "helpers.py").resolve()
    assert {app: set(files) for app, files in concerned.items()} == {
        "api": {saved},
        "jobs": {saved},
    }


async def test_a_watch_that_is_cancelled_leaves_no_thread_behind(tmp_path: Path) -> None:
    def watching() -> int:
        return sum(thread.is_alive() for thread in threading.enumerate())

    before = watching()
    stop = asyncio.Event()

    async def watch() -> None:
        async for _ in changed_apps({"api": [tmp_path]}, stop):
            pass

    task = asyncio.create_task(watch())
    await asyncio.sleep(0.3)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await asyncio.get_running_loop().shutdown_default_executor()

    assert stop.is_set()
    assert watching() <= before
