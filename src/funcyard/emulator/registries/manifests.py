"""What a manifest is: which media types are taken, and what it names.

https://github.com/opencontainers/image-spec/blob/main/manifest.md and image-index.md;
https://distribution.github.io/distribution/spec/manifest-v2-2/
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.registries import errors
from funcyard.emulator.registries.references import is_digest

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json

LARGEST: Final = 4 * 1024 * 1024
IMAGE: Final = "application/vnd.oci.image.manifest.v1+json"
INDEX: Final = "application/vnd.oci.image.index.v1+json"
DOCKER_IMAGE: Final = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST: Final = "application/vnd.docker.distribution.manifest.list.v2+json"
IMAGES: Final = (IMAGE, DOCKER_IMAGE)
INDEXES: Final = (INDEX, DOCKER_LIST)


@dataclass(frozen=True, slots=True)
class Named:
    """What a manifest names: digests of blobs, and of manifests."""

    blobs: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()


def read_manifest(content: bytes, media_type: str) -> Named:
    """Return what a manifest names.

    Raises:
        RegistryError: It is none, or of a kind that is not served.
    """
    if media_type not in (*IMAGES, *INDEXES):
        raise errors.bad_manifest(f"manifests of type {media_type!r} are not served")
    try:
        found = json.loads(content)
    except ValueError as fault:
        raise errors.bad_manifest(f"the manifest is no JSON: {fault}") from None
    if not isinstance(found, dict) or found.get("schemaVersion") != 2:  # noqa: PLR2004 - the specification's
        raise errors.bad_manifest("a manifest of schema version 2 is expected")
    if found.get("mediaType", media_type) != media_type:
        raise errors.bad_manifest("the manifest says another media type than its header")
    if media_type in INDEXES and not isinstance(found.get("manifests"), list):
        raise errors.bad_manifest("an index names 'manifests'")
    if media_type in IMAGES and not isinstance(found.get("layers"), list):
        raise errors.bad_manifest("a manifest names 'config' and 'layers'")
    return named_by(found)


def named_by(manifest: Json) -> Named:
    """Return what a manifest names that was read before.

    Raises:
        RegistryError: It names something in no way that is one.
    """
    if "manifests" in manifest:
        return Named(manifests=tuple(_digest(one) for one in manifest["manifests"]))
    own = [one for one in manifest["layers"] if not (isinstance(one, dict) and one.get("urls"))]
    return Named(blobs=tuple(_digest(one) for one in (manifest.get("config"), *own)))


def named_by_content(content: bytes) -> Named:
    """Return what the content of a manifest names that is kept."""
    return named_by(json.loads(content))


def _digest(descriptor: Any) -> str:  # noqa: ANN401 - JSON
    found = descriptor.get("digest") if isinstance(descriptor, dict) else None
    if not isinstance(found, str) or not is_digest(found):
        raise errors.bad_manifest("a descriptor has a digest of sha256")
    return found
