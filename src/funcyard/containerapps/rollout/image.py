"""The image of a rollout, by its digest: what a tag names may be another image tomorrow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.azure.patience import BUSY_SECONDS
from funcyard.azure.registries import manifest_of
from funcyard.containerapps.rollout.plan import RolloutError
from funcyard.errors import UserError
from funcyard.oci.reference import read_reference

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

    from funcyard.azure.cloud import Cloud
    from funcyard.azure.patience import Patience

PATIENCE: Final = BUSY_SECONDS
"""Seconds for a registry to answer, waits while it is busy among them."""

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
"""A digest that there may be: https://github.com/opencontainers/image-spec/blob/main/descriptor.md"""


class ImageNotKnownError(UserError):
    """A registry has no such image, or does not tell which it is."""

    code = "image-not-known"


@dataclass(frozen=True, slots=True)
class Resolved:
    """An image, by its digest.

    Attributes:
        reference: With the digest, and without a tag.
        warning: What is to be thought of the name that was given; empty for nothing.
    """

    reference: str
    warning: str = ""


async def resolve(
    image: str,
    credential: AsyncTokenCredential,
    cloud: Cloud,
    *,
    patience: float = PATIENCE,
    busy: Patience | None = None,
) -> Resolved:
    """Return an image by its digest; one that is given with it is not asked for.

    Args:
        image: Its reference.
        credential: As whom the registry is asked.
        cloud: Whose registries get a token of that.
        patience: Seconds for the registry.
        busy: Waits where it is busy; None for not at all.

    Raises:
        RolloutError: It is no reference, or its digest can be none.
        ImageNotKnownError: The registry has none, or does not tell.
    """
    reference = read_reference(image)
    if reference is None:
        raise RolloutError(f"{image} is no name of an image", hint="REGISTRY/NAME:TAG")
    if reference.digest:
        if not _DIGEST.fullmatch(reference.digest):
            raise RolloutError(
                f"{reference.digest} is no digest",
                hint="sha256: and 64 characters from 0 to 9 and a to f",
            )
        return Resolved(f"{reference.name}@{reference.digest}")
    told = await manifest_of(reference, credential, cloud, patience=patience, busy=busy)
    if not told.digest:
        hint = "push it first" if told.is_missing else f"--image {reference.name}@sha256:DIGEST"
        raise ImageNotKnownError(f"{image}: {told.failure}", hint=hint)
    warning = ""
    if reference.is_latest:
        warning = (
            f"{image} says latest, which is another image after the next push:"
            " a tag for each build tells them apart"
        )
    return Resolved(f"{reference.name}@{told.digest}", warning)
