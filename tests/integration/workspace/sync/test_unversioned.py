"""No file of a person's that no version held is ever lost from the view."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.integration.workspace.sources import Branch
from tests.integration.workspace.sync.conftest import view

from funcyard.workspace.editing import MOST_BYTES, Editor
from funcyard.workspace.store.directory import DirectoryStore

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.store.base import Store
    from funcyard.workspace.sync.engine import Workspace

LARGE = bytes(MOST_BYTES + 1)


async def put(store: Store, scope: Scope, path: str, content: bytes) -> None:
    """Save a file in the view, as a person does."""
    names = [*scope.root.split("/"), *path.split("/")]
    await store.prepare()
    for depth in range(1, len(names)):
        await store.make_directory("/".join(names[:depth]))
    await store.write("/".join(names), content)


async def files(workspace: Workspace, scope: Scope) -> dict[str, bytes]:
    """What the view holds, what was moved aside by its path alone."""
    found = {}
    for path, content in (await view(workspace, scope)).items():
        if content is not None:
            names = path.split("/")
            short = ["aside", *names[3:]] if names[:2] == [".funcyard", "aside"] else names
            found["/".join(short)] = content
    return found


@pytest.fixture
def editor(workspace: Workspace) -> Editor:
    async def never(_: Scope) -> bool:
        return False

    return Editor(workspace, never)


async def test_the_first_sync_of_a_repository_and_a_verifying_one_keep_what_no_version_held(
    workspace: Workspace, scope: Scope, store: Store
) -> None:
    mine = {".git/config": b"[core]", "model.bin": LARGE, "data/new.py": b"new"}
    for path, content in mine.items():
        await put(store, scope, path, content)
    branch = Branch()
    branch.push({"a.py": b"a", "data/b.py": b"b"})

    first = await workspace.sync(scope, branch)
    assert await files(workspace, scope) == {**mine, "a.py": b"a", "data/b.py": b"b"}
    branch.push({"c.py": b"c"})
    await workspace.sync(scope, branch)
    await workspace.sync(scope, branch, full=True)
    verified = await workspace.verify(scope, by="ann")

    assert first.view_fault is None
    assert verified.sound
    assert await files(workspace, scope) == {**mine, "c.py": b"c"}


async def test_an_edit_into_what_somebody_just_saved_loses_neither_that_nor_anything_else(
    workspace: Workspace, editor: Editor, scope: Scope, store: Store
) -> None:
    await editor.put(scope, "hello.py", b"hello", by="ann")
    mine = {"mine.py": b"new", "dataset.bin": LARGE, ".git/HEAD": b"ref"}
    for path, content in {**mine, "q": b"z"}.items():
        await put(store, scope, path, content)

    done = await editor.put(scope, "q/inner.txt", b"1", by="ann")

    assert done.view_fault is None
    assert [one.path for one in done.view.kept] == ["q"]
    assert await files(workspace, scope) == {
        **mine,
        "hello.py": b"hello",
        "q/inner.txt": b"1",
        "aside/q": b"z",
    }


async def test_what_somebody_saved_over_a_versions_file_is_kept_when_that_changes_or_goes(
    workspace: Workspace, scope: Scope, store: Store
) -> None:
    branch = Branch()
    branch.push({"a.py": b"1", "b.py": b"1", "c.py": b"1", "d/e.py": b"1"})
    await workspace.sync(scope, branch)
    for path in ("a.py", "b.py", "new.py"):
        await put(store, scope, path, b"mine")
    await put(store, scope, "d/mine.py", b"mine")
    branch.push({"a.py": b"2", "new.py": b"2", "d": b"a file now"})

    done = await workspace.sync(scope, branch)

    assert done.view_fault is None
    assert sorted(one.path for one in done.view.kept) == ["a.py", "b.py", "d", "new.py"]
    assert await files(workspace, scope) == {
        "a.py": b"2",
        "aside/a.py": b"mine",
        "b.py": b"mine",
        "new.py": b"2",
        "aside/new.py": b"mine",
        "d": b"a file now",
        "aside/d/mine.py": b"mine",
    }


async def test_a_name_that_differs_by_case_is_moved_aside(
    workspace: Workspace, scope: Scope, store: Store
) -> None:
    await put(store, scope, "Hook.py", b"mine")
    branch = Branch()
    branch.push({"hook.py": b"theirs"})

    await workspace.sync(scope, branch)

    assert await files(workspace, scope) == {"hook.py": b"theirs", "aside/Hook.py": b"mine"}


async def test_a_folder_that_goes_leaves_what_somebody_put_into_it(
    workspace: Workspace, editor: Editor, scope: Scope, store: Store
) -> None:
    await editor.put(scope, "lib/a.py", b"a", by="ann")
    await put(store, scope, "lib/.git/config", b"[core]")

    done = await editor.remove_directory(scope, "lib", by="ann")

    assert done.view_fault is None
    assert await files(workspace, scope) == {"lib/.git/config": b"[core]"}


@pytest.mark.parametrize("store", ["directory"], indirect=True)
async def test_links_and_names_that_no_workspace_can_hold_are_kept(
    workspace: Workspace, scope: Scope, store: Store, tmp_path: Path
) -> None:
    assert isinstance(store, DirectoryStore)
    branch = Branch()
    branch.push({"old/a.py": b"a"})
    await workspace.sync(scope, branch)
    root = tmp_path / "workspace" / scope.root
    (root / "link.py").symlink_to("elsewhere.py")
    (root / "folder").symlink_to("nowhere")
    os.mkfifo(root / "pipe")
    (root / "b?.txt").write_bytes(b"odd")
    (root / "old" / "b?.txt").write_bytes(b"odd")
    (root / "re\u0301sume\u0301").write_bytes(b"decomposed")
    branch.push({"link.py": b"1", "folder/x.py": b"2", "pipe": b"3", "r\u00e9sum\u00e9": b"4"})

    done = await workspace.sync(scope, branch)
    verified = await workspace.verify(scope, by="ann")

    assert done.view_fault is None
    assert verified.sound
    kept = {one.path: root / one.at for one in done.view.kept}
    assert kept["link.py"].readlink().name == "elsewhere.py"
    assert kept["folder"].readlink().name == "nowhere"
    assert kept["pipe"].is_fifo()
    assert kept["r\u00e9sum\u00e9"].read_bytes() == b"decomposed"
    assert (root / "b?.txt").read_bytes() == (root / "old" / "b?.txt").read_bytes() == b"odd"
    assert (root / "folder" / "x.py").read_bytes() == b"2"
