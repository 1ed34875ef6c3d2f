"""Which image a container runs: the digest in its reference, or what its tag names now.

A tag may have been moved since it was pulled, so a digest that a registry tells of a tag now proves
nothing of what runs.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.azure.registries import manifest_of
from funcyard.oci.reference import read_reference

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

    from funcyard.azure.cloud import Cloud
    from funcyard.azure.patience import Patience
    from funcyard.containerapps.template import Container, Template

PATIENCE: Final = 2.0
"""Seconds for a registry to answer whoever looks."""


@dataclass(frozen=True, slots=True)
class Image:
    """The image of a container.

    Attributes:
        container: Name of the container.
        reference: As it was set.
        digest: What it is; empty where that is not known.
        is_proven: Whether that is certainly what was pulled.
        failure: Why the digest is not known.
    """

    container: str
    reference: str
    digest: str = ""
    is_proven: bool = False
    failure: str = ""


async def images_of(
    template: Template,
    credential: AsyncTokenCredential,
    cloud: Cloud,
    *,
    patience: float = PATIENCE,
    busy: Patience | None = None,
) -> list[Image]:
    """Return which images the containers of a revision run.

    Args:
        template: Of the revision.
        credential: As whom registries are asked.
        cloud: Whose registries get a token of that.
        patience: Seconds for their answers.
        busy: Waits where they are busy; None for not at all.
    """

    async def one(container: Container) -> Image:
        name, image = container.name, container.image
        reference = read_reference(image)
        if reference is None:
            return Image(name, image, failure="that is no name of an image")
        if reference.digest:
            return Image(name, image, reference.digest, is_proven=True)
        told = await manifest_of(reference, credential, cloud, patience=patience, busy=busy)
        return Image(name, image, told.digest, failure=told.failure)

    return list(await asyncio.gather(*(one(each) for each in template.containers)))
