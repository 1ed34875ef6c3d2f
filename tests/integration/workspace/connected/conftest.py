"""A platform, a repository at GitHub's stand-in, and a scope connected to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.github_stand_in import GitHubStandIn
from tests.integration.workspace.connected.platform import Place, Platform, opened
from tests.integration.workspace.git_repository import ServedRepository
from tests.integration.workspace.git_server import TOKEN, GitServer

from funcyard.workspace.scopes import Scope

REPOSITORY = "contoso/flows"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    with GitServer(tmp_path / "served") as running:
        yield running


@pytest.fixture
def repository(server: GitServer) -> ServedRepository:
    made = server.create(REPOSITORY)
    made.commit({"a.py": "one", "b/c.py": "two"})
    return made


@pytest.fixture
def github() -> Iterator[GitHubStandIn]:
    with GitHubStandIn(TOKEN) as running:
        running.add(REPOSITORY, 77)
        yield running
    assert running.faults == []


@pytest.fixture
def place(connection: str, tmp_path: Path, server: GitServer, github: GitHubStandIn) -> Place:
    return Place(connection, str(tmp_path), github.url, f"127.0.0.1:{server.port}")


@pytest.fixture
async def platform(place: Place) -> AsyncIterator[Platform]:
    async with opened(place) as built:
        yield built


@pytest.fixture
def url(server: GitServer, repository: ServedRepository) -> str:
    assert repository.head()
    return server.url(REPOSITORY)


@pytest.fixture
async def connected(platform: Platform, scope: Scope, url: str) -> Platform:
    """The platform with the scope connected and synced for the first time."""
    await platform.connections.create(scope, url, TOKEN, by="ada@example.com")
    await platform.work()
    return platform
