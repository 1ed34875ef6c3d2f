"""A worker that brings a workspace from one tree to the next until it is killed.

It prints a line when it is ready and one for each version.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from tests.integration.workspace.sources import Branch, Files

from funcyard.azure.storage import StorageAccount
from funcyard.workspace.scopes import Scope
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.versions.lease import LeaseTerms
from funcyard.workspace.versions.storage import Versions

TERMS = LeaseTerms(seconds=1.5, renew_seconds=0.4, margin_seconds=0.4)
"""Short, so that what a killed worker held is soon free."""

STAMP = "stamp"


def tree(number: int) -> Files:
    """A tree that tells in every file which one it is; its folders and cases change, too."""
    choice = random.Random(number)  # noqa: S311 - the same tree for the same number
    files = {STAMP: b"%d" % number}
    for place in range(choice.randrange(4, 20)):
        folder = choice.choice(["", "a/", "a/b/", "c/"])
        path = f"{folder}{choice.choice(['x', 'X'])}{place}"
        files[path] = b"%d of %d " % (place, number) * choice.randrange(1, 200)
    kind = choice.choice(["swap", "swap/inner", "Swap"])
    files[kind] = b"%d" % number
    return files


def number_of(files: Files) -> int:
    """The number of the tree that these files claim to be."""
    return int(files[STAMP])


def main(connection: str, scope: str, root: Path, seed: int) -> None:
    """Publish versions until the end."""
    asyncio.run(_work(connection, scope, root, seed))


async def _work(connection: str, scope: str, root: Path, seed: int) -> None:
    account = StorageAccount.from_connection_string(connection)
    choice = random.Random(seed)  # noqa: S311
    store = DirectoryStore(root)
    async with account.blobs() as blobs, account.tables() as tables:
        workspace = Workspace(Versions(blobs, tables, terms=TERMS), store)
        branch = Branch()
        print("ready", flush=True)  # noqa: T201 - told to the test
        while True:
            branch.push(tree(choice.randrange(1_000_000)))
            result = await workspace.sync(Scope(scope), branch, wait=30)
            print(result.status, flush=True)  # noqa: T201
