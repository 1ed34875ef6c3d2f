"""A workspace is edited by hand, and what was saved runs and is shown."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, cast

import pytest
from tests.integration.workspace.sources import Branch
from tests.integration.workspace.sync.conftest import version, view

from funcyard.errors import FuncyardError
from funcyard.workspace.conditions import Condition, ContentChangedError
from funcyard.workspace.edit_tree import AlreadyThereError, MoveIntoItselfError, NotThereError
from funcyard.workspace.editing import MOST_BYTES, ConnectedError, Editor, FileTooLargeError
from funcyard.workspace.paths import InvalidPathError
from funcyard.workspace.reading import kept_versions, list_folder, read
from funcyard.workspace.scopes import Scope
from funcyard.workspace.searching import (
    BadQueryError,
    Match,
    Query,
    SearchTimeoutError,
    search,
)
from funcyard.workspace.store.base import StoreFullError
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.versions.origin import RollbackOrigin

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from funcyard.workspace.versions.storage import Versions


@pytest.fixture
async def workspace(versions: Versions, tmp_path: Path) -> AsyncIterator[Workspace]:
    store = DirectoryStore(tmp_path / "view")
    yield Workspace(versions, store)
    await store.close()


class Connection:
    """Whether a scope is connected, as a test sets it."""

    def __init__(self) -> None:
        self.on = False
        self.was_asked = asyncio.Event()

    async def __call__(self, _: Scope) -> bool:
        self.was_asked.set()
        return self.on


@pytest.fixture
def connection_state() -> Connection:
    return Connection()


@pytest.fixture
def editor(workspace: Workspace, connection_state: Connection) -> Editor:
    return Editor(workspace, connection_state)


async def same(workspace: Workspace, scope: Scope, tree: dict[str, bytes | None]) -> None:
    """Version and view hold this, None for folders."""
    assert await version(workspace, scope) == tree
    assert await view(workspace, scope) == tree


async def test_a_saved_file_runs_is_shown_and_is_told_by_its_hash(
    editor: Editor, workspace: Workspace, scope: Scope
) -> None:
    made = await editor.put(scope, "a/b.py", b"one", by="ann")
    changed = await editor.put(scope, "a/b.py", b"two", by="ann")

    await same(workspace, scope, {"a": None, "a/b.py": b"two"})
    assert (made.created, changed.created) == (True, False)
    assert changed.etag == hashlib.sha256(b"two").hexdigest()
    found = await read(workspace.versions, scope, "a/b.py")
    assert (found.content, found.version) == (b"two", changed.version)


async def test_saving_what_is_there_already_makes_no_version(editor: Editor, scope: Scope) -> None:
    first = await editor.put(scope, "a.py", b"one", by="ann")
    again = await editor.put(scope, "a.py", b"one", by="ann")

    assert again.version == first.version


async def test_a_file_that_somebody_else_changed_is_not_overwritten(
    editor: Editor, workspace: Workspace, scope: Scope
) -> None:
    first = await editor.put(scope, "a.py", b"one", by="ann")
    assert first.etag is not None
    mine = Condition(match=[first.etag])
    await editor.put(scope, "a.py", b"two", by="bob", condition=mine)

    with pytest.raises(ContentChangedError):
        await editor.put(scope, "a.py", b"three", by="ann", condition=mine)
    with pytest.raises(ContentChangedError):
        await editor.delete(scope, "a.py", by="ann", condition=mine)
    with pytest.raises(ContentChangedError):
        await editor.move(scope, "a.py", "b.py", by="ann", condition=mine)
    new = Condition(none_match=["*"])
    with pytest.raises(ContentChangedError):
        await editor.put(scope, "a.py", b"new", by="ann", condition=new)
    with pytest.raises(ContentChangedError):
        await editor.put(scope, "c.py", b"new", by="ann", condition=Condition(match=["*"]))

    await same(workspace, scope, {"a.py": b"two"})


async def test_a_folder_that_somebody_changed_is_neither_moved_nor_removed(
    editor: Editor, workspace: Workspace, scope: Scope
) -> None:
    async def tag(folder: str) -> str:
        current = await workspace.versions.current(scope)
        return list_folder(None if current is None else current[1], folder).etag

    await editor.put(scope, "box/in/a.py", b"one", by="ann")
    seen = Condition(match=[await tag("box")])
    await editor.put(scope, "elsewhere.py", b"x", by="bob", condition=Condition(none_match=["*"]))
    moved = await editor.move(scope, "box", "crate", by="ann", condition=seen)
    assert moved.etag == await tag("crate")
    assert seen.match == [moved.etag], "it holds the same, whatever it is called"
    await editor.put(scope, "crate/in/a.py", b"two", by="bob")

    with pytest.raises(ContentChangedError) as stale:
        await editor.remove_directory(scope, "crate", by="ann", condition=seen)
    with pytest.raises(ContentChangedError):
        await editor.move(scope, "crate", "box", by="ann", condition=seen)
    with pytest.raises(ContentChangedError) as nothing:
        await editor.make_directory(scope, "new", by="ann", condition=Condition(match=["*"]))
    assert (stale.value.etag, nothing.value.etag) == (await tag("crate"), None)
    now = Condition(match=[await tag("crate")])
    await editor.remove_directory(scope, "crate", by="ann", condition=now)

    await same(workspace, scope, {"elsewhere.py": b"x"})


async def test_a_version_that_somebody_replaced_is_not_rolled_back(
    editor: Editor, workspace: Workspace, scope: Scope
) -> None:
    for content in (b"one", b"two"):
        seen = await editor.put(scope, "a.py", content, by="ann")
    await editor.put(scope, "a.py", b"three", by="bob")

    with pytest.raises(ContentChangedError) as stale:
        await workspace.roll_back(
            scope, by="ann", condition=Condition(match=[str(seen.version)]), wait=1
        )
    state = await workspace.versions.ledger.read(scope)
    assert stale.value.etag == str(state.current)
    await workspace.roll_back(scope, by="ann", condition=Condition(match=[str(state.current)]))

    await same(workspace, scope, {"a.py": b"two"})


async def test_what_is_rolled_back_to_without_a_name_is_among_the_versions_that_are_listed(
    editor: Editor, workspace: Workspace, scope: Scope
) -> None:
    for content in (b"one", b"two", b"three"):
        await editor.put(scope, "a.py", content, by="ann")
    state = await workspace.versions.ledger.read(scope)
    assert len(state.kept) == 1, "edits of a sitting are kept as one"

    listed = await kept_versions(workspace.versions, state)

    assert [one.name for one in listed] == [state.current, state.previous]
    assert (listed[1].kind, listed[1].by, listed[1].what) == ("edit", "ann", "a.py")
    done = await workspace.roll_back(scope, by="ann")
    assert done.origin == RollbackOrigin("ann", str(listed[1].name))
    await same(workspace, scope, {"a.py": b"two"})


async def test_of_many_who_save_at_once_with_one_etag_one_wins(
    editor: Editor, workspace: Workspace, scope: Scope
) -> None:
    first = await editor.put(scope, "a.py", b"first", by="ann")
    assert first.etag is not None
    mine = Condition(match=[first.etag])
    others = [Editor(Workspace(workspace.versions, workspace.store), Connection())] * 2

    done = await asyncio.gather(
        *(
            who.put(scope, "a.py", b"%d" % number, by="ann", condition=mine)
            for number, who in enumerate([editor, *others] * 2)
        ),
        return_exceptions=True,
    )

    lost = [one for one in done if isinstance(one, ContentChangedError)]
    assert len(lost) == 5


async def test_many_who_save_different_files_at_once_lose_nothing(
    editor: Editor, workspace: Workspace, scope: Scope
) -> None:
    tree = {f"{number}.py": b"%d" % number for number in range(12)}

    await asyncio.gather(
        *(editor.put(scope, path, content, by="ann") for path, content in tree.items())
    )

    await same(workspace, scope, {**tree})


async def test_folders_are_made_stay_though_empty_move_and_go_with_all_they_hold(
    editor: Editor, workspace: Workspace, scope: Scope
) -> None:
    await editor.make_directory(scope, "a/b", by="ann")
    await editor.put(scope, "a/b/c.py", b"c", by="ann")
    await editor.make_directory(scope, "a/b/empty", by="ann")
    await editor.move(scope, "a/b", "d/e", by="ann")
    await same(
        workspace,
        scope,
        {"a": None, "d": None, "d/e": None, "d/e/c.py": b"c", "d/e/empty": None},
    )

    await editor.delete(scope, "d/e/c.py", by="ann")
    await editor.remove_directory(scope, "d/e/empty", by="ann")
    await same(workspace, scope, {"a": None, "d": None, "d/e": None})

    await editor.remove_directory(scope, "d", by="ann")
    await same(workspace, scope, {"a": None})


async def test_a_name_changes_its_case(editor: Editor, workspace: Workspace, scope: Scope) -> None:
    await editor.put(scope, "Src/Readme.md", b"r", by="ann")
    await editor.move(scope, "Src/Readme.md", "Src/README.md", by="ann")
    await editor.move(scope, "Src", "src", by="ann")

    await same(workspace, scope, {"src": None, "src/README.md": b"r"})


async def test_what_is_in_the_way_or_missing_is_told_and_nothing_changes(
    editor: Editor, workspace: Workspace, scope: Scope
) -> None:
    await editor.put(scope, "a/b.py", b"b", by="ann")
    before = await version(workspace, scope)

    for taken in (
        editor.put(scope, "a", b"x", by="ann"),
        editor.put(scope, "a/b.py/c", b"x", by="ann"),
        editor.put(scope, "A/c.py", b"x", by="ann"),
        editor.put(scope, "a/B.py", b"x", by="ann"),
        editor.make_directory(scope, "a", by="ann"),
        editor.make_directory(scope, "a/b.py", by="ann"),
        editor.make_directory(scope, "a/b.py/c", by="ann"),
        editor.move(scope, "a/b.py", "a", by="ann"),
    ):
        with pytest.raises(AlreadyThereError):
            await taken
    for inside in ("a", "a/c", "a/c/d", "A/c"):
        with pytest.raises(MoveIntoItselfError):
            await editor.move(scope, "a", inside, by="ann", overwrite=True)
    for missing in (
        editor.delete(scope, "a", by="ann"),
        editor.delete(scope, "c.py", by="ann"),
        editor.remove_directory(scope, "a/b.py", by="ann"),
        editor.move(scope, "c", "d", by="ann"),
        read(workspace.versions, scope, "c.py"),
    ):
        with pytest.raises(NotThereError):
            await missing
    for bad in ("../x", "", ".", "/etc/passwd", ".packages/x.py", "con"):
        with pytest.raises(InvalidPathError):
            await editor.put(scope, bad, b"x", by="ann")
        with pytest.raises(InvalidPathError):
            await editor.remove_directory(scope, bad, by="ann")
        with pytest.raises(InvalidPathError):
            await editor.move(scope, "a", bad, by="ann")

    await same(workspace, scope, before)


async def test_a_path_that_cannot_be_is_refused_before_anything_is_asked_or_held(
    scope: Scope,
) -> None:
    async def connected(_: Scope) -> bool:
        raise AssertionError("asked")

    editor = Editor(cast("Workspace", None), connected)
    for refused in (
        editor.put(scope, "../x", b"x", by="ann"),
        editor.delete(scope, "con", by="ann"),
        editor.move(scope, "a/", "b", by="ann"),
        editor.move(scope, "a", ".git/b", by="ann"),
        editor.make_directory(scope, "", by="ann"),
        editor.remove_directory(scope, "/", by="ann"),
    ):
        with pytest.raises(InvalidPathError):
            await refused


async def test_a_file_has_at_most_ten_megabytes(editor: Editor, scope: Scope) -> None:
    with pytest.raises(FileTooLargeError, match=r"a\.py"):
        await editor.put(scope, "a.py", b"x" * (MOST_BYTES + 1), by="ann")

    assert (await editor.put(scope, "a.py", b"x" * MOST_BYTES, by="ann")).created


async def test_a_connected_workspace_is_read_only_and_is_editable_at_once_after(
    editor: Editor, workspace: Workspace, scope: Scope, connection_state: Connection
) -> None:
    branch = Branch()
    branch.push({"a.py": b"pushed"})
    await workspace.sync(scope, branch)
    connection_state.on = True

    for edit in (
        editor.put(scope, "a.py", b"x", by="ann"),
        editor.delete(scope, "a.py", by="ann"),
        editor.move(scope, "a.py", "b.py", by="ann"),
        editor.make_directory(scope, "d", by="ann"),
        editor.remove_directory(scope, "d", by="ann"),
    ):
        with pytest.raises(ConnectedError, match="only be read"):
            await edit
    connection_state.on = False
    await editor.put(scope, "a.py", b"edited", by="ann")

    await same(workspace, scope, {"a.py": b"edited"})


async def test_a_connection_made_while_an_edit_waits_for_the_lease_is_obeyed(
    editor: Editor, workspace: Workspace, scope: Scope, connection_state: Connection
) -> None:
    async with workspace.versions.ledger.lease(scope):
        edit = asyncio.create_task(editor.put(scope, "a.py", b"x", by="ann"))
        await connection_state.was_asked.wait()
        connection_state.on = True

    with pytest.raises(ConnectedError):
        await edit


async def test_a_push_after_edits_brings_the_repositorys_state_and_moves_only_what_differs(
    editor: Editor, workspace: Workspace, scope: Scope
) -> None:
    branch = Branch()
    await editor.put(scope, "a.py", b"same", by="ann")
    await editor.put(scope, "b.py", b"mine", by="ann")
    await editor.make_directory(scope, "empty", by="ann")
    branch.push({"a.py": b"same", "b.py": b"theirs"})

    result = await workspace.sync(scope, branch)

    await same(workspace, scope, {"a.py": b"same", "b.py": b"theirs"})
    assert result.changes.modified == ("b.py",)
    assert branch.last is not None
    assert len(branch.last.read) == 1


async def test_an_edit_runs_though_the_view_is_full_and_the_next_one_shows_both(
    editor: Editor, workspace: Workspace, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    await editor.put(scope, "a.py", b"one", by="ann")

    async def full(*_: object, **__: object) -> None:
        raise StoreFullError("no room left")

    with monkeypatch.context() as patched:
        patched.setattr(workspace.store, "write", full)
        saved = await editor.put(scope, "a.py", b"two", by="ann")

    assert isinstance(saved.view_fault, StoreFullError)
    assert (await read(workspace.versions, scope, "a.py")).content == b"two"
    await editor.put(scope, "b.py", b"more", by="ann")
    await same(workspace, scope, {"a.py": b"two", "b.py": b"more"})


async def test_a_hundred_saves_leave_few_versions_to_choose_from(
    editor: Editor, workspace: Workspace, scope: Scope
) -> None:
    branch = Branch()
    branch.push({"a.py": b"pushed"})
    pushed = (await workspace.sync(scope, branch)).version
    for number in range(30):
        await editor.put(scope, "a.py", b"%d" % number, by="ann")

    state = await workspace.versions.ledger.read(scope)
    assert len(state.kept) == 2
    await workspace.roll_back(scope, pushed, by="ann")
    await same(workspace, scope, {"a.py": b"pushed"})


async def test_folders_are_listed_with_what_they_hold(
    editor: Editor, workspace: Workspace, scope: Scope
) -> None:
    await editor.put(scope, "a/b/c.py", b"ccc", by="ann")
    await editor.make_directory(scope, "d", by="ann")
    current = await workspace.versions.current(scope)
    assert current is not None

    whole = list_folder(current[1])
    assert [one.path for one in whole.entries] == ["a", "a/b", "a/b/c.py", "d"]
    assert [one.path for one in list_folder(current[1], deep=False).entries] == ["a", "d"]
    inner = list_folder(current[1], "a/b")
    (only,) = inner.entries
    assert only.file is not None
    assert (only.name, only.file.size, only.etag) == ("c.py", 3, only.file.sha256)
    assert inner.etag == whole.entries[1].etag, "a folder is told by the same tag everywhere"
    assert list_folder(current[1], "d") == list_folder(None), "one that holds nothing"
    for missing in ("x", "a/b/c.py"):
        with pytest.raises(NotThereError):
            list_folder(current[1], missing)


async def found(workspace: Workspace, scope: Scope, query: Query) -> list[Match]:
    current = await workspace.versions.current(scope)
    assert current is not None
    return sorted(
        [one async for one in search(workspace.versions, current[1], query)],
        key=lambda match: (match.path, match.line, match.column),
    )


async def test_texts_and_patterns_are_found_where_they_are(
    editor: Editor, workspace: Workspace, scope: Scope
) -> None:
    await editor.put(scope, "a.py", b"one\r\nTwo (2)\r\n two\r\n", by="ann")
    await editor.put(scope, "b/c.txt", b"two " * 3, by="ann")
    await editor.put(scope, "copy.py", b"one\r\nTwo (2)\r\n two\r\n", by="ann")
    await editor.put(scope, "binary", b"two\0two", by="ann")

    assert await found(workspace, scope, Query(text="two (2)")) == [
        Match("a.py", 2, 1, "Two (2)"),
        Match("copy.py", 2, 1, "Two (2)"),
    ]
    assert await found(workspace, scope, Query(text="^.?two", is_pattern=True, case=True)) == [
        Match("a.py", 3, 1, " two"),
        Match("b/c.txt", 1, 1, "two two two "),
        Match("copy.py", 3, 1, " two"),
    ]
    assert len(await found(workspace, scope, Query(text="two", glob="b/*"))) == 3
    assert len(await found(workspace, scope, Query(text="two", limit=4))) == 4


async def test_a_pattern_that_takes_for_ever_ends_in_time_and_lets_others_work(
    editor: Editor, workspace: Workspace, scope: Scope
) -> None:
    await editor.put(scope, "a.py", b"a" * 5000 + b"!", by="ann")
    query = Query(text=r"(a|a)+$", is_pattern=True, seconds=0.5)
    searching = asyncio.create_task(found(workspace, scope, query))
    turns = 0
    while not searching.done():
        await asyncio.sleep(0.001)
        turns += 1

    with pytest.raises(SearchTimeoutError):
        await searching
    assert turns > 10


@pytest.mark.parametrize("text", ["", "(", "x" * 2000, "(?P<a>"])
async def test_a_query_that_cannot_be_meant_is_told(
    editor: Editor, workspace: Workspace, scope: Scope, text: str
) -> None:
    await editor.put(scope, "a.py", b"a", by="ann")

    with pytest.raises(BadQueryError) as told:
        await found(workspace, scope, Query(text=text, is_pattern=True))
    assert isinstance(told.value, FuncyardError)
