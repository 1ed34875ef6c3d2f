"""Blobs of cold storage whose readings are in hot storage, too: marked, so that they stay.

A blob that a killed mover wrote is where the next run looks for its readings, and nowhere else. So
it is marked as held from its first moment, and the mark is taken once hot storage let go of all of
it: only then may it go to the archive. Every change of a mark changes the blob's ETag, by which
whoever saw it before notices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError, ResourceNotFoundError

if TYPE_CHECKING:
    from azure.storage.blob import BlobProperties
    from azure.storage.blob.aio import ContainerClient

    from funcyard.twin.contract.blobs import BlobName

MARK: Final = {"held": "true"}
"""The metadata of a blob that is held."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A blob as it was listed.

    Attributes:
        name: What it is called.
        etag: What it was then.
        is_held: Whether hot storage may hold some of its readings, too.
    """

    name: BlobName
    etag: str
    is_held: bool


def listed(name: BlobName, told: BlobProperties) -> Listed:
    """Return a blob as a listing with metadata tells of it."""
    etag = told.etag.strip('"')  # listings have it bare, and conditions take it quoted
    return Listed(name, f'"{etag}"', MARK.items() <= (told.metadata or {}).items())


async def mark(container: ContainerClient, blob: Listed, *, held: bool) -> bool:
    """Hold a blob or let it go; return whether it is still the one that was listed.

    Raises:
        AzureError: It cannot be changed.
    """
    if blob.is_held == held:
        return True
    try:
        await container.get_blob_client(str(blob.name)).set_blob_metadata(
            dict(MARK) if held else {},
            etag=blob.etag,
            match_condition=MatchConditions.IfNotModified,
        )
    except (ResourceModifiedError, ResourceNotFoundError):
        return False
    return True


async def remove(container: ContainerClient, blob: Listed) -> bool:
    """Delete a blob, which may be gone; return whether it was not changed since it was listed.

    Raises:
        AzureError: It cannot be deleted.
    """
    try:
        await container.get_blob_client(str(blob.name)).delete_blob(
            etag=blob.etag, match_condition=MatchConditions.IfNotModified
        )
    except ResourceNotFoundError:
        return True
    except ResourceModifiedError:
        return False
    return True
