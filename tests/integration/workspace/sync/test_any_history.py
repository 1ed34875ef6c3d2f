"""Whatever is pushed, edited, rolled back and broken off: version and view hold the same after."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.workspace.sources import Branch, Files
from tests.integration.workspace.sync.conftest import version, view

from funcyard.errors import FuncyardError
from funcyard.workspace.editing import Editor
from funcyard.workspace.paths import fold
from funcyard.workspace.scopes import Scope
from funcyard.workspace.store.base import StoreFullError
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.versions.storage import Versions
from funcyard.workspace.versions.tree import check_tree

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from funcyard.azure.storage import StorageAccount
    from funcyard.workspace.store.base import Known

_paths = st.lists(st.sampled_from(["a", "A", "b", "c"]), min_size=1, max_size=3).map("/".join)


def _is_tree(files: Files) -> bool:
    try:
        check_tree(files, ())
    except ValueError:
        return False
    return len({fold(path) for path in files}) == len(files)


_trees = st.dictionaries(_paths, st.binary(max_size=3), max_size=6).filter(_is_tree)
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("push"), _trees),
        st.tuples(st.just("put"), st.tuples(_paths, st.binary(max_size=3))),
        st.tuples(st.just("delete"), _paths),
        st.tuples(st.just("move"), st.tuples(_paths, _paths)),
        st.tuples(st.just("make"), _paths),
        st.tuples(st.just("remove"), _paths),
        st.tuples(st.just("roll back"), st.none()),
        st.tuples(st.just("adopt"), st.none()),
        st.tuples(st.just("full"), st.integers(0, 5)),
        st.tuples(st.just("drift"), st.binary(max_size=3)),
    ),
    min_size=1,
    max_size=8,
)


class Failing(DirectoryStore):
    """A folder whose disk is full after some writes, until it is mended."""

    left: int | None = None

    async def write(self, path: str, content: bytes, *, over: Known | None = None) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise StoreFullError("no room left")
        await super().write(path, content, over=over)


async def never(_: Scope) -> bool:
    return False


async def live(account: StorageAccount, root: Path, steps: list[tuple[str, Any]]) -> None:
    """Do the steps; what runs is whole after each, and shown after each that could show it."""
    scope, store, branch = Scope(f"t{uuid.uuid4().hex[:16]}"), Failing(root), Branch()
    async with account.blobs() as blobs, account.tables() as tables:
        workspace = Workspace(Versions(blobs, tables), store)
        drifted: set[bytes] = set()
        for kind, what in steps:
            if kind == "full":
                store.left = what
                continue
            try:
                fault = await step(workspace, scope, branch, kind, what)
            except FuncyardError:
                continue  # refused: the next one finds what was there before
            if kind == "push":
                found = await version(workspace, scope)
                assert {path: data for path, data in found.items() if data is not None} == what
            drifted |= {what} if kind == "drift" else set()
            if fault is None and (await workspace.versions.ledger.read(scope)).current:
                await check_view(workspace, scope, drifted)
        store.left = None
        await workspace.verify(scope, by="ann")
        if (await workspace.versions.ledger.read(scope)).current:
            await check_view(workspace, scope, drifted)
    await store.close()


async def check_view(workspace: Workspace, scope: Scope, drifted: set[bytes]) -> None:
    """Check that the view shows the version, beside what somebody saved that no version had.

    Of what was saved so, what is in a version now is taken out.
    """
    shown, held = await view(workspace, scope), await version(workspace, scope)
    drifted -= {held.get("drift") or b""}
    assert drifted <= {data for data in shown.values() if data is not None}
    mine = {path: data for path, data in shown.items() if not path.startswith(".funcyard")}
    if "drift" not in held:
        mine.pop("drift", None)
    assert mine == held


async def step(workspace: Workspace, scope: Scope, branch: Branch, kind: str, what: Any) -> object:  # noqa: ANN401 - what belongs to the kind
    """Do a step; return why the view is behind, None where it is not."""
    editor = Editor(workspace, never)
    if kind == "push":
        branch.push(what)
    if kind == "drift":
        await workspace.store.prepare()
        await workspace.store.write(scope.place("drift"), what)
    does: dict[str, Callable[[], Awaitable[Any]]] = {
        "push": lambda: workspace.sync(scope, branch, allow_empty=True),
        "roll back": lambda: workspace.roll_back(scope, by="ann"),
        "adopt": lambda: workspace.adopt(scope, by="ann"),
        "drift": lambda: workspace.verify(scope, by="ann"),
        "put": lambda: editor.put(scope, *what, by="ann"),
        "move": lambda: editor.move(scope, *what, by="ann"),
        "delete": lambda: editor.delete(scope, what, by="ann"),
        "make": lambda: editor.make_directory(scope, what, by="ann"),
        "remove": lambda: editor.remove_directory(scope, what, by="ann"),
    }
    return (await does[kind]()).view_fault


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_steps)
def test_after_any_history_the_view_shows_the_version(
    account: StorageAccount, steps: list[tuple[str, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as root:
        asyncio.run(live(account, Path(root), steps))
