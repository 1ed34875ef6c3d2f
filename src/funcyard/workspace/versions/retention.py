"""Clears away versions that are no longer kept, and the packs that no version names any more.

It works under the scope's lease, so no version is being published meanwhile; what a worker left
behind that died or lost its lease can never be published and is cleared too. Nothing is removed
before its time of grace is over: a reader that has just learned which version is current still
finds it after it was superseded, and a collector that was paused and lost its own lease can only
remove what has been dead for that long.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from azure.core.exceptions import ResourceNotFoundError

from funcyard.azure.errors import azure_errors
from funcyard.workspace.versions.container import manifests_folder, packs_folder, version_of
from funcyard.workspace.versions.library import PACKS_TOLD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funcyard.workspace.versions.container import VersionContainer
    from funcyard.workspace.versions.lease import Lease
    from funcyard.workspace.versions.library import Library
    from funcyard.workspace.versions.name import VersionName

GRACE: Final = timedelta(hours=1)
"""How long what is dead stays readable."""

MOST: Final = 2000
"""How many blobs go at a time: nobody publishes meanwhile."""

_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class Collected:
    """What was cleared away.

    Attributes:
        versions: How many manifests.
        packs: How many packs.
        bytes: What both held.
    """

    versions: int
    packs: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Blob:
    blob: str
    size: int
    written: datetime


@dataclass(frozen=True, slots=True)
class _Pack(_Blob):
    @property
    def id(self) -> str:
        return self.blob.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class _Stored(_Blob):
    name: VersionName
    packs: str | None


async def collect(
    container: VersionContainer,
    library: Library,
    lease: Lease,
    *,
    grace: timedelta = GRACE,
    most: int = MOST,
    now: datetime | None = None,
) -> Collected:
    """Clear away what a scope no longer needs.

    Args:
        container: Of the versions.
        library: Of their manifests.
        lease: The scope's, held.
        grace: How long what is dead stays readable.
        most: How many blobs at most; versions first, so that none is left without its packs.
        now: The time, for tests.

    Raises:
        LeaseLostError: The lease ended meanwhile; the rest is left for the next time.
        ManifestError: A manifest is damaged whose packs are not told beside it: none is removed.
        AzureFailedError: Storage refuses or cannot be reached.
    """
    before = (now or datetime.now(UTC)) - grace
    scope, current = lease.state.scope, lease.state.current
    with azure_errors(f"listing what is stored of {scope}"):
        packs = [
            _Pack(blob.name, blob.size, blob.last_modified)
            async for blob in container.client.list_blobs(packs_folder(scope))
        ]
        manifests = [
            _Stored(
                blob.name,
                blob.size,
                blob.last_modified,
                name,
                (blob.metadata or {}).get(PACKS_TOLD),
            )
            async for blob in container.client.list_blobs(
                manifests_folder(scope), include=["metadata"]
            )
            if (name := version_of(blob.name)) is not None
        ]
    dead = [
        one
        for one, last in _needed_last(manifests, current.number if current else 0)
        if one.name not in lease.state.living and last < before
    ]
    named: set[str] = set()
    for manifest in manifests:
        if manifest not in dead:
            told = manifest.packs
            named.update(
                told.split(",") if told else (await library.load(scope, manifest.name)).packs
            )
    unnamed = [pack for pack in packs if pack.id not in named and pack.written < before]
    dead, unnamed = dead[:most], unnamed[: max(0, most - len(dead))]
    cleared: list[_Blob] = [*dead, *unnamed]

    async def clear(one: _Blob) -> None:
        with azure_errors(f"clearing away {one.blob}"), suppress(ResourceNotFoundError):
            await container.client.delete_blob(one.blob)

    for start in range(0, len(cleared), _AT_ONCE):
        lease.check()
        await asyncio.gather(*map(clear, cleared[start : start + _AT_ONCE]))
    return Collected(len(dead), len(unnamed), sum(one.size for one in cleared))


def _needed_last(manifests: Iterable[_Stored], current: int) -> Iterator[tuple[_Stored, datetime]]:
    """Yield each manifest and when it was last the current one, or was written if it never was."""
    written: dict[int, datetime] = {}
    for one in manifests:
        number = one.name.number
        written[number] = max(one.written, written.get(number, one.written))
    numbers = sorted(written)
    following = dict(pairwise(numbers))
    for one in manifests:
        follower = following.get(one.name.number, current + 1)
        superseded = written[follower] if follower <= current else one.written
        yield one, max(one.written, superseded)
