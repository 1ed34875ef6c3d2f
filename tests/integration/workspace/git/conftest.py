"""A server of repositories, one repository on it, and caches to fetch into."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from tests.integration.workspace.git_repository import ServedRepository
from tests.integration.workspace.git_server import TOKEN, GitServer

from funcyard.workspace.git import Git, GitTree, Limits, RepositoryCache, RepositoryUrl, Token

CacheOf = Callable[..., RepositoryCache]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    with GitServer(tmp_path / "served") as running:
        yield running


@pytest.fixture
def repository(server: GitServer) -> ServedRepository:
    return server.create("code")


@pytest.fixture
def url(server: GitServer) -> RepositoryUrl:
    return RepositoryUrl.parse(server.url("code"))


@pytest.fixture
def token() -> Token:
    return Token(TOKEN)


@pytest.fixture
def cache(tmp_path: Path, url: RepositoryUrl) -> RepositoryCache:
    return RepositoryCache(tmp_path / "caches", url)


@pytest.fixture
def limited(tmp_path: Path, url: RepositoryUrl) -> CacheOf:
    def make(*, git: Git | None = None, patience: float = 600, **limits: int) -> RepositoryCache:
        root = tmp_path / "caches"
        return RepositoryCache(
            root, url, git=git or Git(), limits=Limits(**limits), patience=patience
        )

    return make


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this root may not mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def text(tree: GitTree) -> dict[str, str]:
    """Return what a tree's files hold, by path."""
    ids = {file.object_id for file in tree.files}
    held = {object_id: content async for object_id, content in tree.contents(sorted(ids))}
    return {file.path: held[file.object_id].decode() for file in tree.files}


def reasons(tree: GitTree) -> dict[str, str]:
    """Return why each path was left out."""
    return {item.path: item.reason for item in tree.left_out}


def processes_in(cache: RepositoryCache) -> list[psutil.Process]:
    """Return every Git that works in a cache."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):  # it has just ended
            if (
                process.name().startswith("git")
                and process.environ().get("GIT_DIR") == str(cache.path)
                and process.status() != psutil.STATUS_ZOMBIE
            ):
                found.append(process)
    return found


def arguments_of(process: psutil.Process) -> str:
    """Return the arguments of a process, of one that has just ended none."""
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


async def until(condition: Callable[[], object]) -> None:
    """Wait for what no event tells."""
    while not condition():  # noqa: ASYNC110 - another process brings it about
        await asyncio.sleep(0.01)


async def working(cache: RepositoryCache) -> None:
    """Wait until Git and its helpers are at work in a cache."""
    await until(lambda: len(processes_in(cache)) > 1)


def held(folder: Path) -> bytes:
    """Return the bytes of every file below a folder, one after another."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def environment() -> dict[str, str]:
    """Return an environment for a Git of a test's own, without anybody's configuration."""
    path = os.environ.get("PATH", os.defpath)
    return {"PATH": path, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
