"""A worker that syncs and edits one workspace until it is killed, on storage that is not sound.

It reads ``{connection, files, key, share, scope, name}`` as JSON from its standard input and prints
a line of JSON for each try: ``{version}`` for what was published, ``{behind}`` beside it where the
view is, ``{fault}`` for what failed.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys

from tests.integration.emulator.conftest import ACCOUNT
from tests.integration.workspace.sources import Branch, Files
from tests.integration.workspace.sync.worker import tree

from funcyard.azure.storage import StorageAccount
from funcyard.errors import FuncyardError
from funcyard.workspace.editing import Editor
from funcyard.workspace.scopes import Scope
from funcyard.workspace.store.share import ShareStore
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.versions.lease import LeaseTerms
from funcyard.workspace.versions.storage import Versions

TERMS = LeaseTerms(seconds=4, renew_seconds=1, margin_seconds=1)
"""Short, so that what a killed worker held is soon free."""

_WAIT = 30.0
_LONGEST_PAUSE = 0.2
_TREES = 1_000_000
_EDITED = 20


class NumberedBranch(Branch):
    """A branch whose commits tell by their ids which tree they hold."""

    def push_tree(self, number: int) -> None:
        """Commit a tree."""
        self.at = f"{number:040x}"
        self.commits = {self.at: pushed(number)}


def pushed(number: int) -> Files:
    """Return what the tree of a number holds."""
    return tree(number)


def edited(by: str) -> bytes:
    """Return what an edit writes; no two edits have the same author here."""
    return f"edited by {by}\n".encode() * 50


async def never(_: Scope) -> bool:
    """Return that no repository is connected."""
    return False


async def main() -> None:
    """Work until the end."""
    told = json.loads(sys.stdin.readline())
    account = StorageAccount.from_connection_string(told["connection"])
    files = StorageAccount(name=ACCOUNT, endpoints={"file": told["files"]}, key=told["key"])
    choice, scope = random.Random(told["name"]), Scope(told["scope"])  # noqa: S311
    branch = NumberedBranch()
    async with account.blobs() as blobs, account.tables() as tables:
        workspace = Workspace(
            Versions(blobs, tables, terms=TERMS), ShareStore(files, told["share"])
        )
        editor = Editor(workspace, never)
        print("{}", flush=True)
        for number in range(_TREES):
            try:
                if choice.random() < 0.4:
                    branch.push_tree(choice.randrange(_TREES))
                    result = await workspace.sync(scope, branch, wait=_WAIT)
                    version, behind = result.version, result.view_fault
                else:
                    by = f"{told['name']}-{number}"
                    path = f"edits/{choice.randrange(_EDITED)}.txt"
                    done = await editor.put(scope, path, edited(by), by=by)
                    version, behind = done.version, done.view_fault
            except FuncyardError as fault:
                said = {"fault": fault.code}
            else:
                said = {"version": str(version), "behind": "" if behind is None else behind.code}
            print(json.dumps(said), flush=True)
            await asyncio.sleep(choice.uniform(0, _LONGEST_PAUSE))


if __name__ == "__main__":
    asyncio.run(main())
