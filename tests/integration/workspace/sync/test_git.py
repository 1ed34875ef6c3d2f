"""A real repository, served over HTTP, is pushed to, and the workspace follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.integration.workspace.git.conftest import cache, repository, server, token, url
from tests.integration.workspace.sync.conftest import version, view

from funcyard.workspace.git import GitError, RepositoryCache, Token
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.sync.git_branch import GitBranch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.integration.workspace.git_repository import ServedRepository

    from funcyard.workspace.scopes import Scope

__all__ = ["cache", "repository", "server", "token", "url"]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[DirectoryStore]:
    store = DirectoryStore(tmp_path / "view")
    yield store
    await store.close()


async def test_a_pushed_commit_runs_a_force_push_back_runs_and_a_refused_token_changes_nothing(
    workspace: Workspace,
    scope: Scope,
    repository: ServedRepository,
    cache: RepositoryCache,
    token: Token,
) -> None:
    branch = GitBranch(cache, "main", token)
    first = repository.commit({"a.py": "one", "b/c.py": "two"})
    result = await workspace.sync(scope, branch)
    assert result.as_dict()["origin"] == {
        "kind": "github",
        "repository": str(cache.url),
        "branch": "main",
        "commit": first,
        "sequence": 1,
    }
    repository.commit({"a.py": "new", "d/e.py": "more", "b/c.py": None})
    changed = await workspace.sync(scope, branch)
    assert (changed.changes.added, changed.changes.modified, changed.changes.deleted) == (
        ("d/e.py",),
        ("a.py",),
        ("b/c.py",),
    )
    repository.reset(first)
    await workspace.sync(scope, branch)
    expected = {"a.py": b"one", "b": None, "b/c.py": b"two"}

    assert await view(workspace, scope) == await version(workspace, scope) == expected

    with pytest.raises(GitError):
        await workspace.sync(scope, GitBranch(cache, "main", Token("ghp_revoked")))
    assert await view(workspace, scope) == expected


async def test_what_runs_stays_where_a_push_brings_a_name_that_differs_by_case(
    workspace: Workspace,
    scope: Scope,
    repository: ServedRepository,
    cache: RepositoryCache,
    token: Token,
) -> None:
    branch = GitBranch(cache, "main", token)
    repository.commit({"hook.py": "runs", "jobs/a.py": "a", "new/x.py": "x"})
    await workspace.sync(scope, branch)
    repository.commit({"Hook.py": "beside", "Jobs/b.py": "b", "b.txt": "1", "B.txt": "2"})
    planned = await workspace.plan(scope, branch)
    beside = await workspace.sync(scope, branch)
    held = {"hook.py": b"runs", "jobs": None, "jobs/a.py": b"a", "new": None, "new/x.py": b"x"}
    assert await view(workspace, scope) == await version(workspace, scope) == held

    assert (beside.status, beside.changes.deleted) == ("partial", ())
    assert beside.left_out == planned.left_out
    assert [one.path for one in beside.left_out] == ["B.txt", "Hook.py", "Jobs/b.py", "b.txt"]
    repository.commit({"hook.py": "changed"})
    await workspace.sync(scope, branch)
    assert (await version(workspace, scope))["hook.py"] == b"changed"

    repository.commit({"hook.py": None})
    renamed = await workspace.sync(scope, branch)
    assert (renamed.changes.added, renamed.changes.deleted) == (("Hook.py",), ("hook.py",))
    assert (await view(workspace, scope))["Hook.py"] == b"beside"
