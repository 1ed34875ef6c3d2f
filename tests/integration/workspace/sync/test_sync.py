"""A workspace is brought to where a branch is: versions and view, in a folder and on a share."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from tests.integration.workspace.sources import Branch, Files
from tests.integration.workspace.sync.conftest import version, view

from funcyard.errors import FuncyardError
from funcyard.workspace.source import LeftOut
from funcyard.workspace.sync.pushing import EmptyTreeError
from funcyard.workspace.sync.rolling_back import NoOlderVersionError
from funcyard.workspace.versions.library import VersionGoneError
from funcyard.workspace.versions.name import VersionName
from funcyard.workspace.versions.origin import GitHubOrigin

if TYPE_CHECKING:
    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.sync.engine import Workspace

FIRST = {"a.py": b"one", "b/c.py": b"two", "b/d/e.py": b"", "f.py": b"two"}


def files_of(tree: dict[str, bytes | None]) -> Files:
    return {path: content for path, content in tree.items() if content is not None}


async def same(workspace: Workspace, scope: Scope, files: Files) -> None:
    """The version and the view hold these files, and the folders that they are in."""
    shown = await view(workspace, scope)
    assert files_of(shown) == files
    assert shown == await version(workspace, scope)
    state = await workspace.versions.ledger.read(scope)
    assert (state.view, state.view_clean, state.owner) == (state.current, True, "")


async def test_the_first_push_is_published_and_shown(workspace: Workspace, scope: Scope) -> None:
    branch = Branch(left_out=(LeftOut("link", "symlink", "a link"),))
    commit = branch.push(FIRST)

    result = await workspace.sync(scope, branch)

    await same(workspace, scope, FIRST)
    assert (result.status, result.changes.added) == ("success", tuple(sorted(FIRST)))
    assert result.origin == GitHubOrigin(branch.repository, "main", commit, 1)
    told = result.as_dict()
    assert (told["number"], told["bytesStored"]) == (1, 6)
    assert told["leftOut"] == [{"path": "link", "reason": "symlink", "detail": "a link"}]
    assert {"fetch", "store", "view", "total"} <= result.seconds.keys()


async def test_a_push_moves_only_what_it_changes(workspace: Workspace, scope: Scope) -> None:
    branch = Branch()
    branch.push(FIRST)
    await workspace.sync(scope, branch)
    second = {"a.py": b"new", "b/c.py": b"two", "moved/e.py": b"", "f.py": b"two", "g.py": b"one"}
    branch.push(second)

    result = await workspace.sync(scope, branch)

    await same(workspace, scope, second)
    assert result.changes.added == ("g.py", "moved/e.py")
    assert result.changes.modified == ("a.py",)
    assert result.changes.deleted == ("b/d/e.py",)
    assert result.changes.unchanged == 2
    assert branch.last is not None
    assert [branch.last.found[one] for one in branch.last.read] == [b"new"]
    assert result.stored == 3
    assert result.view.written == ("a.py", "g.py", "moved/e.py")
    assert result.view.removed == ("b/d", "b/d/e.py")


async def test_files_become_folders_folders_files_and_names_change_their_case(
    workspace: Workspace, scope: Scope
) -> None:
    branch = Branch()
    for files in (
        {"a": b"1", "b/c": b"2", "Readme.md": b"3", "Src/x.py": b"4", "Src/deep/y.py": b"5"},
        {"a/d": b"1", "b": b"2", "README.md": b"3", "src/x.py": b"4", "src/Deep/y.py": b"6"},
        {"a": b"1", "b/c": b"2", "Readme.md": b"3", "Src/x.py": b"4", "Src/deep/y.py": b"5"},
    ):
        branch.push(files)
        await workspace.sync(scope, branch)
        await same(workspace, scope, files)


async def test_a_sync_without_a_new_commit_does_nothing(workspace: Workspace, scope: Scope) -> None:
    branch = Branch()
    branch.push(FIRST)
    first = await workspace.sync(scope, branch)

    again = await workspace.sync(scope, branch)

    assert (again.status, again.version) == ("unchanged", first.version)
    assert again.changes.unchanged == 4


async def test_a_commit_that_changes_no_file_is_noted_without_a_version(
    workspace: Workspace, scope: Scope
) -> None:
    branch = Branch()
    branch.push(FIRST)
    first = await workspace.sync(scope, branch)
    commit = branch.push(FIRST)

    again = await workspace.sync(scope, branch)

    state = await workspace.versions.ledger.read(scope)
    assert (again.status, again.version) == ("unchanged", first.version)
    assert state.applied is not None
    assert state.applied.commit == commit


async def test_a_force_push_to_an_old_commit_applies(workspace: Workspace, scope: Scope) -> None:
    branch = Branch()
    old = branch.push(FIRST)
    await workspace.sync(scope, branch)
    branch.push({"a.py": b"wrong"})
    await workspace.sync(scope, branch)
    branch.at = old

    result = await workspace.sync(scope, branch)

    await same(workspace, scope, FIRST)
    assert result.version is not None
    assert result.version.number == 3


async def test_pushes_that_wait_for_each_other_come_together_and_the_newest_wins(
    workspace: Workspace, scope: Scope
) -> None:
    branch = Branch()
    branch.push({"a.py": b"0"})
    running = asyncio.Event()
    branch.asked = running.set

    async def sync() -> str:
        return (await workspace.sync(scope, branch, wait=60)).status

    first = asyncio.create_task(sync())
    await running.wait()
    waiting = []
    for number in range(1, 6):
        branch.push({"a.py": b"%d" % number})
        waiting.append(asyncio.create_task(sync()))
    done = [await first, *(await asyncio.gather(*waiting))]

    await same(workspace, scope, {"a.py": b"5"})
    assert done.count("success") <= 2
    state = await workspace.versions.ledger.read(scope)
    assert state.applied is not None
    assert state.applied.commit == branch.at


async def test_a_commit_without_files_empties_nothing_unless_it_is_allowed_to(
    workspace: Workspace, scope: Scope
) -> None:
    branch = Branch()
    branch.push(FIRST)
    await workspace.sync(scope, branch)
    branch.push({})

    for attempt in (workspace.sync, workspace.plan):
        with pytest.raises(EmptyTreeError, match="nothing was changed"):
            await attempt(scope, branch)
    await same(workspace, scope, FIRST)

    await workspace.sync(scope, branch, allow_empty=True)
    await same(workspace, scope, {})


async def test_a_fetch_that_fails_changes_nothing(workspace: Workspace, scope: Scope) -> None:
    branch = Branch()
    branch.push(FIRST)
    await workspace.sync(scope, branch)

    branch.push({"a.py": b"new"})
    branch.fault = FuncyardError("cannot fetch")

    with pytest.raises(FuncyardError, match="cannot fetch"):
        await workspace.sync(scope, branch)

    await same(workspace, scope, FIRST)


async def test_a_fetch_that_breaks_off_changes_nothing(workspace: Workspace, scope: Scope) -> None:
    branch = Branch()
    branch.push(FIRST)
    await workspace.sync(scope, branch)
    branch.push({f"{number}.py": b"%d" % number for number in range(50)})
    branch.breaks_after = 20

    with pytest.raises(FuncyardError, match="broke off"):
        await workspace.sync(scope, branch)

    await same(workspace, scope, FIRST)


async def test_no_scope_touches_anothers_files(workspace: Workspace, scope: Scope) -> None:
    other = type(scope)(scope.name + "-b")
    mine, theirs = Branch(), Branch()
    mine.push(FIRST)
    theirs.push({"a.py": b"theirs"})
    await workspace.sync(other, theirs)
    await workspace.sync(scope, mine)
    mine.push({"z.py": b"z"})

    await workspace.sync(scope, mine, full=True)

    await same(workspace, scope, {"z.py": b"z"})
    await same(workspace, other, {"a.py": b"theirs"})


async def test_the_platforms_own_folders_are_kept(workspace: Workspace, scope: Scope) -> None:
    branch = Branch()
    branch.push(FIRST)
    await workspace.sync(scope, branch)
    for folder in (".packages", ".Funcyard"):
        await workspace.store.make_directory(scope.place(folder))
        await workspace.store.write(scope.place(f"{folder}/kept.py"), b"kept")
    branch.push({"z.py": b"z"})

    await workspace.sync(scope, branch, full=True)

    shown = await view(workspace, scope)
    assert files_of(shown) == {
        "z.py": b"z",
        ".packages/kept.py": b"kept",
        ".Funcyard/kept.py": b"kept",
    }


async def test_what_would_be_done_is_told_without_doing_it(
    workspace: Workspace, scope: Scope
) -> None:
    branch = Branch()
    branch.push(FIRST)
    await workspace.sync(scope, branch)
    branch.push({"a.py": b"new", "f.py": b"two", "new.py": b"new"})

    async with workspace.versions.ledger.lease(scope):
        result = await workspace.plan(scope, branch)

    assert (result.status, result.published) == ("planned", False)
    assert result.changes.added == ("new.py",)
    assert result.changes.modified == ("a.py",)
    assert result.changes.deleted == ("b/c.py", "b/d/e.py")
    await same(workspace, scope, FIRST)


async def test_how_far_a_sync_is_can_be_followed(workspace: Workspace, scope: Scope) -> None:
    branch = Branch()
    branch.push(FIRST)
    told: list[tuple[str, int, int]] = []

    await workspace.sync(scope, branch, report=lambda *stage: told.append(stage))

    assert [stage for stage in told if stage[1] == stage[2]] == [
        ("fetch", 1, 1),
        ("store", 3, 3),
        ("view", 4, 4),
    ]


async def test_the_last_good_version_comes_back_by_one_step(
    workspace: Workspace, scope: Scope
) -> None:
    branch = Branch()
    branch.push(FIRST)
    first = await workspace.sync(scope, branch)
    branch.push({"a.py": b"bad"})
    await workspace.sync(scope, branch)

    result = await workspace.roll_back(scope, by="ann")

    await same(workspace, scope, FIRST)
    assert result.version is not None
    assert (result.version.number, result.stored) == (3, 0)
    assert result.as_dict()["origin"] == {
        "kind": "rollback",
        "by": "ann",
        "to": str(first.version),
    }


async def test_after_a_rollback_only_a_sync_that_is_meant_brings_the_bad_commit_back(
    workspace: Workspace, scope: Scope
) -> None:
    branch = Branch()
    branch.push(FIRST)
    await workspace.sync(scope, branch)
    branch.push({"a.py": b"bad"})
    await workspace.sync(scope, branch)
    await workspace.roll_back(scope, by="ann")

    timer = await workspace.sync(scope, branch, only_if_moved=True)
    await same(workspace, scope, FIRST)
    meant = await workspace.sync(scope, branch)
    await same(workspace, scope, {"a.py": b"bad"})

    assert (timer.status, meant.status) == ("unchanged", "success")


async def test_a_version_that_is_not_kept_cannot_be_rolled_back_to(
    workspace: Workspace, scope: Scope
) -> None:
    with pytest.raises(NoOlderVersionError):
        await workspace.roll_back(scope, by="ann")
    branch = Branch()
    branch.push(FIRST)
    result = await workspace.sync(scope, branch)

    with pytest.raises(VersionGoneError):
        await workspace.roll_back(scope, VersionName(7, "a" * 64), by="ann")
    assert result.version is not None
    assert (await workspace.roll_back(scope, result.version, by="ann")).status == "unchanged"


async def test_many_pushes_never_name_many_packs(workspace: Workspace, scope: Scope) -> None:
    branch = Branch()
    files = {f"{number}.py": b"%d" % number for number in range(40)}
    for number in range(40):
        files[f"{number}.py"] = b"changed %d" % number
        branch.push(files)
        await workspace.sync(scope, branch)

    current = await workspace.versions.current(scope)
    assert current is not None
    assert len(current[1].packs) <= 16
    await same(workspace, scope, files)
