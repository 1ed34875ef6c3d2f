"""ZIP files of versions that lie in a real Azurite."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from funcyard.workspace.archive import LEVEL, archive, stored_length
from funcyard.workspace.editing import Editor
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.versions.contents import ContentDamagedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.versions.manifest import Manifest
    from funcyard.workspace.versions.storage import Versions

FILES = {
    "b/deep/ü.py": b"print('b')\n" * 500,
    "a.py": b"",
    "noise.bin": os.urandom(300_000),
    "real.py": Path(zipfile.__file__).read_bytes() + Path(io.__file__).read_bytes(),
    "same.bin": b"x" * 9_000_000,
    "twice.bin": b"x" * 9_000_000,
}


@pytest.fixture
async def manifest(versions: Versions, scope: Scope, tmp_path: Path) -> AsyncIterator[Manifest]:
    store = DirectoryStore(tmp_path / "workspace")

    async def connected(_: Scope) -> bool:
        return False

    editor = Editor(Workspace(versions, store), connected)
    for path, content in FILES.items():
        await editor.put(scope, path, content, by="ann")
    await editor.make_directory(scope, "empty", by="ann")
    current = await versions.current(scope)
    assert current is not None
    yield current[1]
    await store.close()


async def packed(versions: Versions, manifest: Manifest | None, *, stored: bool = False) -> bytes:
    async with aclosing(archive(versions.contents, manifest, stored=stored)) as pieces:
        return b"".join([piece async for piece in pieces])


@pytest.mark.parametrize("stored", [False, True])
async def test_an_archive_holds_the_version_sorted(
    versions: Versions, manifest: Manifest, *, stored: bool
) -> None:
    made = await packed(versions, manifest, stored=stored)
    with zipfile.ZipFile(io.BytesIO(made)) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == sorted([*FILES, "empty/"])
        assert all(opened.read(path) == content for path, content in FILES.items())


async def test_the_same_version_makes_the_same_bytes(
    versions: Versions, manifest: Manifest
) -> None:
    assert await packed(versions, manifest) == await packed(versions, manifest)


async def test_an_archive_is_as_small_as_its_level_promises(
    versions: Versions, manifest: Manifest
) -> None:
    with zipfile.ZipFile(io.BytesIO(await packed(versions, manifest))) as opened:
        took = opened.getinfo("real.py").compress_size
    assert took < 1.02 * len(zlib.compress(FILES["real.py"], LEVEL))


async def test_a_stored_archive_is_as_long_as_was_said(
    versions: Versions, manifest: Manifest
) -> None:
    assert len(await packed(versions, manifest, stored=True)) == stored_length(manifest)
    assert len(await packed(versions, manifest)) < stored_length(manifest)
    assert len(await packed(versions, None)) == stored_length(None)


async def test_a_damaged_content_breaks_the_archive_off(
    versions: Versions, manifest: Manifest
) -> None:
    pack = manifest.contents[manifest.files["noise.bin"].sha256].pack
    await versions.container.pack(manifest.scope, pack).delete_blob()
    taken = bytearray()

    async def take() -> None:
        async with aclosing(archive(versions.contents, manifest)) as pieces:
            async for piece in pieces:
                taken.extend(piece)

    with pytest.raises(ContentDamagedError):
        await take()
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(bytes(taken)))


async def test_who_leaves_early_ends_it(versions: Versions, manifest: Manifest) -> None:
    async with aclosing(archive(versions.contents, manifest, stored=True)) as pieces:
        assert (await anext(pieces)).startswith(b"PK\3\4")
