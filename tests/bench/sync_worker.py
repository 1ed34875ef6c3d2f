"""A worker that syncs a workspace whenever it is told to, warm, as the Function App's is.

It reads JSON from its standard input, first where everything is, then ``{scope, share}`` or
``{scope, folder}`` for each sync, and prints the seconds of each stage and how many requests it
cost.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from azure.core.pipeline.transport import AioHttpTransport
from tests.integration.emulator.conftest import ACCOUNT

from funcyard.azure.storage import StorageAccount
from funcyard.workspace.git import RepositoryCache, RepositoryUrl, Token
from funcyard.workspace.scopes import Scope
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.store.share import ShareStore
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.sync.git_branch import GitBranch
from funcyard.workspace.versions.storage import Versions


def _count_requests() -> list[int]:
    counted = [0]
    send = AioHttpTransport.send

    async def counting(self: AioHttpTransport, request: Any, **rest: Any) -> Any:  # noqa: ANN401
        counted[0] += 1
        return await send(self, request, **rest)

    AioHttpTransport.send = counting
    return counted


async def main() -> None:
    """Sync as told until the input ends."""
    told = json.loads(sys.stdin.readline())
    counted = _count_requests()
    account = StorageAccount.from_connection_string(told["connection"])
    files = StorageAccount(name=ACCOUNT, endpoints={"file": told["files"]}, key=told["key"])
    stores: dict[str, DirectoryStore | ShareStore] = {}
    async with account.blobs() as blobs, account.tables() as tables:
        versions = Versions(blobs, tables)
        while line := await asyncio.to_thread(sys.stdin.readline):
            order = json.loads(line)
            name = order.get("folder") or order["share"]
            if name not in stores:
                stores[name] = (
                    DirectoryStore(Path(name)) if "folder" in order else ShareStore(files, name)
                )
            cache = RepositoryCache(Path(order["cache"]), RepositoryUrl.parse(told["repository"]))
            branch = GitBranch(cache, "main", Token(told["token"]))
            before, began = counted[0], time.perf_counter()
            result = await Workspace(versions, stores[name]).sync(Scope(order["scope"]), branch)
            seconds = {**result.seconds, "all": time.perf_counter() - began}
            said = {"status": result.status, "seconds": seconds, "requests": counted[0] - before}
            print(json.dumps(said), flush=True)
        for store in stores.values():
            await store.close()


if __name__ == "__main__":
    asyncio.run(main())
