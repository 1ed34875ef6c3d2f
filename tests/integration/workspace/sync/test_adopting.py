"""What a person edits in the view itself becomes a version."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.workspace.sources import Branch
from tests.integration.workspace.sync.conftest import version, view

from funcyard.workspace.editing import MOST_BYTES
from funcyard.workspace.source import LeftOut
from funcyard.workspace.store.base import StoreFullError
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.sync.engine import Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from funcyard.workspace.scopes import Scope


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[DirectoryStore]:
    store = DirectoryStore(tmp_path / "view")
    yield store
    await store.close()


@pytest.fixture
def root(scope: Scope, tmp_path: Path) -> Path:
    """The scope's folder, as a person sees it."""
    folder = tmp_path / "view" / scope.root
    folder.mkdir(parents=True)
    return folder


def times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


async def test_a_folder_that_was_there_first_becomes_the_first_version(
    workspace: Workspace, scope: Scope, root: Path
) -> None:
    (root / "a.py").write_bytes(b"a")
    (root / "b" / "empty").mkdir(parents=True)
    (root / "b" / "c.py").write_bytes(b"c")
    (root / ".packages").mkdir()
    (root / ".packages" / "x.py").write_bytes(b"x")

    result = await workspace.adopt(scope, by="ann")

    assert result.changes.added == ("a.py", "b/c.py")
    assert await version(workspace, scope) == {
        "a.py": b"a",
        "b": None,
        "b/c.py": b"c",
        "b/empty": None,
    }
    assert (await workspace.versions.ledger.read(scope)).view == result.version


async def test_what_was_changed_by_hand_is_adopted_and_the_folder_is_not_touched(
    workspace: Workspace, scope: Scope, root: Path
) -> None:
    branch = Branch()
    branch.push({"a.py": b"a", "b/c.py": b"c", "d.py": b"d"})
    await workspace.sync(scope, branch)
    (root / "a.py").write_bytes(b"new")
    (root / "d.py").unlink()
    (root / "b" / "more.py").write_bytes(b"more")
    before = times(root)

    result = await workspace.adopt(scope, by="ann")
    again = await workspace.adopt(scope, by="ann")

    assert result.changes.added == ("b/more.py",)
    assert (result.changes.modified, result.changes.deleted) == (("a.py",), ("d.py",))
    assert (again.status, again.version) == ("unchanged", result.version)
    assert times(root) == before
    assert await version(workspace, scope) == await view(workspace, scope)


async def test_what_cannot_be_taken_is_told(workspace: Workspace, scope: Scope, root: Path) -> None:
    (root / "large.bin").write_bytes(b"x" * (MOST_BYTES + 1))
    (root / "a.py").write_bytes(b"a")
    (root / "A.PY").write_bytes(b"A")
    (root / "src" / ".git").mkdir(parents=True)
    (root / "src" / ".git" / "config").write_bytes(b"c")
    (root / "src" / "b?.txt").write_bytes(b"b")
    (root / "what?").mkdir()
    (root / "what?" / "in.txt").write_bytes(b"i")
    (root / "link.py").symlink_to("a.py")
    (root / "folder").symlink_to("src")
    os.mkfifo(root / "pipe")
    (root / os.fsdecode(b"\xff.py")).write_bytes(b"f")
    (root / ".packages").mkdir()
    (root / ".packages" / "link.py").symlink_to("x.py")

    result = await workspace.adopt(scope, by="ann")

    assert [(one.path, one.reason) for one in result.left_out] == [
        ("A.PY", "case-collision"),
        ("\\udcff.py", "invalid-path"),
        ("a.py", "case-collision"),
        ("folder", "symlink"),
        ("large.bin", "too-large"),
        ("link.py", "symlink"),
        ("pipe", "special"),
        ("src/.git", "reserved"),
        ("src/b?.txt", "invalid-path"),
        ("what?", "invalid-path"),
    ]
    assert result.left_out[-2].detail == "the path 'b?.txt' has the character ?"
    assert await version(workspace, scope) == {"src": None}
    state = await workspace.versions.ledger.read(scope)
    assert state.left_out_count == len(state.left_out) == len(result.left_out)
    assert {one.path for one in state.left_out} == {one.path for one in result.left_out}


async def test_what_is_in_no_version_is_known_until_it_is_gone(
    workspace: Workspace, scope: Scope, root: Path
) -> None:
    for number in range(40):
        (root / f"{number}?").write_bytes(b"")
    (root / "a.py").write_bytes(b"a")
    await workspace.adopt(scope, by="ann")
    state = await workspace.versions.ledger.read(scope)
    assert (len(state.left_out), state.left_out_count) == (20, 40)
    for number in range(40):
        (root / f"{number}?").unlink()
    await workspace.adopt(scope, by="ann")
    state = await workspace.versions.ledger.read(scope)
    assert (state.left_out, state.left_out_count) == ((), 0)

    branch = Branch(left_out=(LeftOut("model.bin", "lfs", "a pointer"),))
    branch.push({"a.py": b"a"})
    await workspace.sync(scope, branch)
    state = await workspace.versions.ledger.read(scope)
    assert state.left_out == branch.left_out


async def test_a_file_that_comes_beside_one_that_runs_takes_nothing_away(
    workspace: Workspace, scope: Scope, root: Path
) -> None:
    (root / "hook.py").write_bytes(b"runs")
    (root / "jobs").mkdir()
    (root / "jobs" / "a.py").write_bytes(b"a")
    await workspace.adopt(scope, by="ann")
    (root / "Hook.py").write_bytes(b"beside")
    (root / "Jobs").mkdir()
    (root / "Jobs" / "b.py").write_bytes(b"b")
    (root / "hook.py").write_bytes(b"changed")

    result = await workspace.adopt(scope, by="ann")

    assert [one.path for one in result.left_out] == ["Hook.py", "Jobs"]
    held = {"hook.py": b"changed", "jobs": None, "jobs/a.py": b"a"}
    assert await version(workspace, scope) == held


@pytest.mark.parametrize("first", [True, False])
async def test_a_view_that_was_left_halfway_is_finished_and_what_was_edited_in_it_stays(
    workspace: Workspace,
    scope: Scope,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    first: bool,
) -> None:
    """Nobody adopts a mixture of two versions, nor loses an edit to its being finished."""
    branch = Branch()
    if not first:
        branch.push({"a.py": b"old a", "b.py": b"old b", "gone.py": b"gone", "same.py": b"same"})
        await workspace.sync(scope, branch)
    branch.push({"a.py": b"new a", "b.py": b"new b", "c.py": b"new c", "same.py": b"same"})
    write = workspace.store.write

    async def full(path: str, content: bytes, **named: Any) -> None:  # noqa: ANN401 - the store's
        if path.endswith(("b.py", "c.py")):
            raise StoreFullError("no room left")
        await write(path, content, **named)

    with monkeypatch.context() as patched:
        patched.setattr(workspace.store, "write", full)
        assert (await workspace.sync(scope, branch)).status == "partial"
    (root / "same.py").write_bytes(b"edited")

    await workspace.adopt(scope, by="ann")

    expected = {"a.py": b"new a", "b.py": b"new b", "c.py": b"new c", "same.py": b"edited"}
    assert await version(workspace, scope) == expected
    assert await view(workspace, scope) == expected
