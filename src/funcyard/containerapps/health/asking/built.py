"""The image that was built, beside the one that runs: by their digests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from funcyard.azure.registries import manifest_of
from funcyard.containerapps.health.facts import Built
from funcyard.oci.reference import read_reference

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

    from funcyard.azure.cloud import Cloud
    from funcyard.azure.patience import Patience
    from funcyard.containerapps.template import Container
    from funcyard.oci.distribution import Manifest


async def compare_images(
    built: str,
    main: Container,
    credential: AsyncTokenCredential,
    cloud: Cloud,
    patience: float,
    busy: Patience | None = None,
) -> Built:
    """Return the digests of the image that was built and of the one that a container runs.

    Args:
        built: Reference of the image that was built.
        main: The container.
        credential: As whom registries are asked.
        cloud: Whose registries get a token of that.
        patience: Seconds for each answer.
        busy: Waits where they are busy; None for not at all.
    """
    known: list[Manifest] = []
    for reference in (built, main.image):
        image = read_reference(reference)
        if image is None:
            return Built(built, fault=f"{reference} is no name of an image")
        told = await manifest_of(image, credential, cloud, patience=patience, busy=busy)
        known.append(replace(told, digest=image.digest or told.digest))
        if not known[-1].digest:
            return Built(built, fault=f"{reference}: {told.failure}")
    return compared(built, *known, is_proven="@" in main.image)


def compared(reference: str, built: Manifest, running: Manifest, *, is_proven: bool) -> Built:
    """Return two images beside each other: one may be named by the digest of a platform's part."""
    is_same = built.holds(running.digest) or running.holds(built.digest)
    return Built(reference, built.digest, running.digest, is_same, is_proven)
