"""A program that writes one file again and again until it is killed."""

from __future__ import annotations

import asyncio
import itertools
import sys
from pathlib import Path

from tests.integration.emulator.conftest import ACCOUNT

from funcyard.azure.storage import StorageAccount
from funcyard.workspace.store.base import Store
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.store.share import ShareStore

SIZE = 5_000_000
"""Of each content, all whose bytes are alike and none is zero; two ranges of a share."""


async def _write(store: Store) -> None:
    for number in itertools.count():
        await store.write("f", bytes([1 + number % 250]) * SIZE)
        sys.stdout.write("written\n")
        sys.stdout.flush()


def main(place: dict[str, str]) -> None:
    """Write until the end, to a ``folder``, or a ``share`` at an ``endpoint`` with its ``key``."""
    if "folder" in place:
        asyncio.run(_write(DirectoryStore(Path(place["folder"]))))
    account = StorageAccount(name=ACCOUNT, endpoints={"file": place["endpoint"]}, key=place["key"])
    asyncio.run(_write_share(account, place["share"]))


async def _write_share(account: StorageAccount, share: str) -> None:
    await _write(ShareStore(account, share))
