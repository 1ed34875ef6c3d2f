"""Whatever is done in whatever order: every store does what a dictionary would, and says so."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.emulator.conftest import Files
from tests.integration.workspace.store.conftest import account_of, contents

from funcyard.workspace.paths import InvalidPathError, check_path, fold, join, parent_of
from funcyard.workspace.store.base import NoSuchPathError, PathTakenError, Store
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.store.share import ShareStore

_NAMES = st.sampled_from(["a", "A", "b", "c.py"])
_PATHS = st.lists(_NAMES, min_size=1, max_size=3).map("/".join)
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["write", "make_directory", "remove_file", "remove_directory"]), _PATHS
    ),
    max_size=14,
)


class _Model:
    """What a store is, in a dictionary from folded paths to contents; None for folders."""

    def __init__(self) -> None:
        self.tree: dict[str, bytes | None] = {}

    def apply(self, step: str, path: str, content: bytes) -> object:
        key = fold(path)
        there, known = self.tree.get(key), key in self.tree
        if step == "write":
            return self._put(key, content, taken=known and there is None)
        if step == "make_directory":
            return False if known and there is None else self._put(key, None, taken=known) or True
        return known and self._remove(key, folder=step == "remove_directory")

    def _remove(self, key: str, *, folder: bool) -> object:
        holds = any(parent_of(other) == key for other in self.tree)
        if holds or (self.tree[key] is None) != folder:
            return PathTakenError
        del self.tree[key]
        return True

    def _put(self, key: str, content: bytes | None, *, taken: bool) -> object:
        folder = parent_of(key)
        if folder and self.tree.get(folder, b"") is not None:
            return NoSuchPathError
        if taken:
            return PathTakenError
        self.tree[key] = content
        return None


async def _apply(store: Store, step: str, path: str, content: bytes) -> object:
    try:
        if step == "write":
            await store.write(path, content)
            return None
        return await getattr(store, step)(path)
    except (NoSuchPathError, PathTakenError) as fault:
        return type(fault)


@dataclass
class Places:
    """Where stores are made, one after another."""

    files: Files
    folder: Path

    async def run(self, kind: str, steps: list[tuple[str, str]]) -> None:
        """Do the steps on a new store and on the model, and compare what they tell and hold."""
        name = f"s{uuid.uuid4().hex}"
        root = self.folder / name
        store: Store = (
            ShareStore(account_of(self.files), name) if kind == "share" else DirectoryStore(root)
        )
        await store.prepare()
        model = _Model()
        try:
            for number, (step, path) in enumerate(steps):
                content = b"%d" % number
                expected = model.apply(step, path, content)
                assert await _apply(store, step, path, content) == expected, (step, path)
            found = {fold(path): content for path, content in (await contents(store)).items()}
            assert found == model.tree
        finally:
            await store.close()
            if kind == "share":
                self.files.client().delete_share(name)
            else:
                shutil.rmtree(root)


@pytest.fixture
def places(files: Files, tmp_path: Path) -> Places:
    return Places(files, tmp_path)


@pytest.fixture
def smb_places(files: Files, smb_folder: Path) -> Places:
    return Places(files, smb_folder)


_LIKE_A_MODEL = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(steps=_STEPS)
@_LIKE_A_MODEL
def test_the_folder_does_what_a_dictionary_would(
    places: Places, steps: list[tuple[str, str]]
) -> None:
    asyncio.run(places.run("directory", steps))


@given(steps=_STEPS)
@_LIKE_A_MODEL
def test_the_mount_does_what_a_dictionary_would(
    smb_places: Places, steps: list[tuple[str, str]]
) -> None:
    asyncio.run(smb_places.run("directory", steps))


@given(steps=_STEPS)
@_LIKE_A_MODEL
def test_the_share_does_what_a_dictionary_would(
    places: Places, steps: list[tuple[str, str]]
) -> None:
    asyncio.run(places.run("share", steps))


def _accepted(path: str) -> bool:
    try:
        return check_path(path) == path
    except InvalidPathError:
        return False


_ANY_NAME = st.text(min_size=1, max_size=10).filter(
    lambda name: "/" not in name and _accepted(name)
)


@pytest.fixture
def round_trips(files: Files, share_name: str) -> Iterator[Files]:
    """The service, with one share for all paths."""
    files.share(share_name)
    yield files
    files.client().delete_share(share_name)


@given(names=st.lists(_ANY_NAME, min_size=1, max_size=3))
@_LIKE_A_MODEL
def test_every_accepted_path_round_trips_through_a_share(
    round_trips: Files, share_name: str, names: list[str]
) -> None:
    root = uuid.uuid4().hex
    path = "/".join([root, *names])

    async def trip() -> None:
        store = ShareStore(account_of(round_trips), share_name)
        try:
            folder = ""
            for name in [root, *names[:-1]]:
                folder = join(folder, name)
                await store.make_directory(folder)
            await store.write(path, path.encode())
            assert [item.path async for item in store.walk(root)][-1] == path
            assert [chunk async for chunk in store.read(path)] == [path.encode()]
        finally:
            await store.close()

    asyncio.run(trip())
