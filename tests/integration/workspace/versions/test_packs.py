"""Contents in packs, on a real Azurite."""

from __future__ import annotations

import hashlib
import random
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from azure.storage.blob.aio import BlobServiceClient
from tests.integration.workspace.transport import Transport, torn_at_random
from tests.unit.workspace.versions.manifests import manifest_of

from funcyard.azure.errors import AzureUnreachableError
from funcyard.azure.storage_retry import StorageRetry
from funcyard.workspace.versions.container import VersionContainer
from funcyard.workspace.versions.contents import ContentDamagedError, Contents, by_place
from funcyard.workspace.versions.manifest import EMPTY_SHA256, File, Manifest
from funcyard.workspace.versions.packs import BLOCK_BYTES, PackWriter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from funcyard.workspace.scopes import Scope


@pytest.fixture
def transport() -> Transport:
    return Transport()


@pytest.fixture
async def container(connection: str, transport: Transport) -> AsyncIterator[VersionContainer]:
    client = BlobServiceClient.from_connection_string(
        connection, transport=transport, retry_policy=StorageRetry()
    )
    async with client:
        container = VersionContainer(client)
        await container.ensure()
        transport.sent.clear()
        yield container


async def stored(container: VersionContainer, scope: Scope, files: Mapping[str, bytes]) -> Manifest:
    """A version of these files; its contents lie in one pack, in the order of the files."""
    async with PackWriter(container, scope) as pack:
        hashes = {path: await pack.add(content) for path, content in files.items()}
        await pack.finish()
    return replace(
        manifest_of({}, scope=scope),
        files={path: File(hashes[path], len(content)) for path, content in files.items()},
        contents=pack.extents,
        packs={pack.id: pack.size} if pack.size else {},
    )


async def read(container: VersionContainer, manifest: Manifest, order: list[str]) -> list[bytes]:
    async with aclosing(Contents(container).read(manifest, order)) as reading:
        return [content async for _, content in reading]


async def test_a_hundred_contents_are_one_request_to_write_and_one_to_read(
    container: VersionContainer, transport: Transport, scope: Scope
) -> None:
    files = {f"{number}.py": b"%d" % number * 100 for number in range(100)}

    manifest = await stored(container, scope, files)
    contents = await read(container, manifest, [file.sha256 for file in manifest.files.values()])

    assert contents == list(files.values())
    assert transport.sent == {"PUT": 1, "GET": 1}


async def test_contents_come_in_the_order_they_are_asked_for_in_and_as_often(
    container: VersionContainer, scope: Scope
) -> None:
    files = {str(number): bytes([number]) * (number * 50_000) for number in range(30)}
    manifest = await stored(container, scope, files)
    choice = random.Random(3)  # noqa: S311 - a fixed sequence
    order = [str(choice.randrange(30)) for _ in range(60)]

    contents = await read(container, manifest, [manifest.files[one].sha256 for one in order])

    assert contents == [files[one] for one in order]


async def test_a_pack_larger_than_a_block_is_staged_and_read_back_whole(
    container: VersionContainer, scope: Scope
) -> None:
    choice = random.Random(5)  # noqa: S311 - a fixed sequence
    files = {str(number): choice.randbytes(3 << 20) for number in range(7)}
    files["large"] = choice.randbytes(3 * BLOCK_BYTES + 17)
    manifest = await stored(container, scope, files)
    order = by_place(manifest, [file.sha256 for file in manifest.files.values()])

    found = dict(zip(order, await read(container, manifest, order), strict=True))

    assert {path: found[file.sha256] for path, file in manifest.files.items()} == files


async def test_equal_contents_are_stored_once_and_the_empty_one_never(
    container: VersionContainer, transport: Transport, scope: Scope
) -> None:
    manifest = await stored(container, scope, {"a": b"x", "b": b"x", "c": b"", "d": b"y"})

    assert sum(manifest.packs.values()) == 2
    assert await Contents(container).one(manifest, EMPTY_SHA256) == b""
    assert transport.sent == {"PUT": 1}

    nothing = await stored(container, scope, {"c": b""})

    assert nothing.packs == {}
    assert await read(container, nothing, [EMPTY_SHA256] * 2) == [b"", b""]
    assert transport.sent == {"PUT": 1}


async def test_empty_files_between_others_cost_no_request(
    container: VersionContainer, transport: Transport, scope: Scope
) -> None:
    manifest = await stored(container, scope, {"a": b"1", "b": b"2"})
    one, two = (manifest.files[path].sha256 for path in "ab")
    transport.sent.clear()

    contents = await read(container, manifest, [EMPTY_SHA256, one, EMPTY_SHA256, two])

    assert contents == [b"", b"1", b"", b"2"]
    assert transport.sent == {"GET": 1}


@pytest.mark.parametrize("damage", ["flipped", "cut", "gone"])
async def test_a_damaged_pack_is_told_and_never_given_out(
    container: VersionContainer, scope: Scope, damage: str
) -> None:
    files = {"a": b"first" * 10, "b": b"second" * 10}
    manifest = await stored(container, scope, files)
    (pack,) = manifest.packs
    blob = container.pack(scope, pack)
    data = await (await blob.download_blob()).readall()
    if damage == "gone":
        await blob.delete_blob()
    else:
        await blob.upload_blob(
            data[:-1] + b"!" if damage == "flipped" else data[:50], overwrite=True
        )

    with pytest.raises(ContentDamagedError) as told:
        await read(container, manifest, [manifest.files["b"].sha256])

    assert told.value.sha256 == hashlib.sha256(files["b"]).hexdigest()
    assert "--verify" in (told.value.hint or "")


async def test_who_stops_reading_early_leaves_no_request_behind(
    container: VersionContainer, scope: Scope
) -> None:
    choice = random.Random(5)  # noqa: S311 - a fixed sequence
    files = {str(number): choice.randbytes(3 << 20) for number in range(6)}
    manifest = await stored(container, scope, files)

    order = [file.sha256 for file in manifest.files.values()]
    async with aclosing(Contents(container).read(manifest, order)) as reading:
        assert (await anext(reading))[1] == files["0"]


async def test_a_pack_that_was_given_up_does_not_exist(
    container: VersionContainer, scope: Scope
) -> None:
    async with PackWriter(container, scope) as pack:
        await pack.add(b"x" * (3 * BLOCK_BYTES))

    assert not await container.pack(scope, pack.id).exists()


async def test_storage_that_cannot_be_reached_is_told(
    container: VersionContainer, transport: Transport, scope: Scope
) -> None:
    manifest = await stored(container, scope, {"a": b"x"})
    torn_at_random(transport, 2, seed=1)

    with pytest.raises(AzureUnreachableError):
        await read(container, manifest, [manifest.files["a"].sha256])
