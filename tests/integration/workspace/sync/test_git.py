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
