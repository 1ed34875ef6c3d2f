"""What is no longer kept is cleared away, and nothing else, on a real Azurite."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.unit.workspace.versions.manifests import manifest_of

from funcyard.workspace.versions.library import VersionGoneError
from funcyard.workspace.versions.manifest import File, Manifest
from funcyard.workspace.versions.origin import GitHubOrigin
from funcyard.workspace.versions.packs import PackWriter
from funcyard.workspace.versions.retention import Collected, collect

if TYPE_CHECKING:
    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.versions.lease import Lease
    from funcyard.workspace.versions.name import VersionName
    from funcyard.workspace.versions.storage import Versions

GRACE = timedelta(hours=1)


async def store(versions: Versions, scope: Scope, number: int, content: bytes) -> Manifest:
    """Store a version of one file, without publishing it."""
    async with PackWriter(versions.container, scope) as pack:
        sha256 = await pack.add(content)
        await pack.finish()
    origin = GitHubOrigin("https://github.com/a/b", "main", f"{number:040x}", number)
    return replace(
        manifest_of({}, scope=scope, number=number, origin=origin),
        files={"a.py": File(sha256, len(content))},
        contents=pack.extents,
        packs={pack.id: pack.size},
    )


async def publish(versions: Versions, lease: Lease, content: bytes, keep: int) -> VersionName:
    manifest = await store(versions, lease.state.scope, lease.state.next_number, content)
    name = await versions.library.save(manifest)
    await lease.change(lease.state.after(name, manifest, keep).shown())
    return name


async def blobs(versions: Versions, scope: Scope) -> set[str]:
    return {blob.name async for blob in versions.container.client.list_blobs(scope.root + "/")}


async def test_versions_beyond_those_kept_go_with_the_packs_that_only_they_name(
    versions: Versions, scope: Scope
) -> None:
    later = datetime.now(UTC) + 2 * GRACE
    async with versions.ledger.lease(scope) as lease:
        names = [await publish(versions, lease, b"%d" % one, keep=3) for one in range(6)]
        collected = await collect(
            versions.container, versions.library, lease, grace=GRACE, now=later
        )

    assert (collected.versions, collected.packs) == (3, 3)
    fresh = type(versions.library)(versions.container)
    for name in names[:3]:
        with pytest.raises(VersionGoneError, match="not kept"):
            await fresh.load(scope, name)
    for number, name in enumerate(names[3:], 3):
        manifest = await fresh.load(scope, name)
        sha256 = manifest.files["a.py"].sha256
        assert await versions.contents.one(manifest, sha256) == b"%d" % number


async def test_a_run_does_so_much_and_leaves_no_version_without_its_packs(
    versions: Versions, scope: Scope
) -> None:
    later = datetime.now(UTC) + 2 * GRACE
    went = []
    async with versions.ledger.lease(scope) as lease:
        for one in range(6):
            await publish(versions, lease, b"%d" % one, keep=1)
        for _ in range(4):
            collected = await collect(
                versions.container, versions.library, lease, most=3, now=later
            )
            went.append((collected.versions, collected.packs))
            manifests = {name for name in await blobs(versions, scope) if "manifests" in name}
            packs = await blobs(versions, scope) - manifests
            assert len(packs) >= len(manifests)

    assert went == [(3, 0), (1, 2), (0, 2), (0, 0)]


async def test_nothing_goes_before_its_time_of_grace_is_over(
    versions: Versions, scope: Scope
) -> None:
    async with versions.ledger.lease(scope) as lease:
        for one in range(4):
            await publish(versions, lease, b"%d" % one, keep=1)
        before = await blobs(versions, scope)
        collected = await collect(versions.container, versions.library, lease, grace=GRACE)

    assert collected == Collected(0, 0, 0)
    assert await blobs(versions, scope) == before


async def test_a_version_stays_for_its_grace_after_it_was_superseded_however_old_it_is(
    versions: Versions, scope: Scope
) -> None:
    """A reader that learned a moment ago which version is current still finds it."""
    async with versions.ledger.lease(scope) as lease:
        old = await publish(versions, lease, b"old", keep=1)
        before = datetime.now(UTC)
        while datetime.now(UTC) < before + timedelta(seconds=2.1):  # Azure's times are in seconds
            await versions.ledger.read(scope)
        for one in range(2):
            await publish(versions, lease, b"%d" % one, keep=1)
        await collect(
            versions.container,
            versions.library,
            lease,
            grace=timedelta(seconds=60),
            now=before + timedelta(seconds=61),
        )

    await type(versions.library)(versions.container).load(scope, old)


async def test_what_a_killed_worker_stored_and_never_published_goes(
    versions: Versions, scope: Scope
) -> None:
    later = datetime.now(UTC) + 2 * GRACE
    async with versions.ledger.lease(scope) as lease:
        await publish(versions, lease, b"published", keep=3)
        kept = await blobs(versions, scope)
        await versions.library.save(await store(versions, scope, 2, b"orphan"))
        async with PackWriter(versions.container, scope) as pack:
            await pack.add(b"orphan")
            await pack.finish()
        collected = await collect(
            versions.container, versions.library, lease, grace=GRACE, now=later
        )

    assert (collected.versions, collected.packs) == (1, 2)
    assert await blobs(versions, scope) == kept


async def test_another_scopes_versions_are_never_touched(versions: Versions, scope: Scope) -> None:
    longer = type(scope)(scope.name + "x")
    later = datetime.now(UTC) + 2 * GRACE
    async with versions.ledger.lease(longer) as lease:
        await publish(versions, lease, b"theirs", keep=1)
    await versions.library.save(await store(versions, longer, 2, b"orphan of theirs"))
    theirs = await blobs(versions, longer)

    async with versions.ledger.lease(scope) as lease:
        await publish(versions, lease, b"ours", keep=1)
        await collect(versions.container, versions.library, lease, grace=GRACE, now=later)

    assert await blobs(versions, longer) == theirs


async def test_a_manifest_whose_packs_are_not_told_beside_it_is_read_before_packs_go(
    versions: Versions, scope: Scope
) -> None:
    """A copy of the container made by a tool that drops metadata loses nothing."""
    later = datetime.now(UTC) + 2 * GRACE
    async with versions.ledger.lease(scope) as lease:
        name = await publish(versions, lease, b"kept", keep=1)
        await versions.container.manifest(scope, name).set_blob_metadata({})
        collected = await collect(
            versions.container, versions.library, lease, grace=GRACE, now=later
        )

    assert collected == Collected(0, 0, 0)
