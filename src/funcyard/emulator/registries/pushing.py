"""An image made of a folder and pushed to a registry."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.emulator.registries.manifests import IMAGE
from funcyard.emulator.registries.packing import pack
from funcyard.emulator.registries.references import digest_of

if TYPE_CHECKING:
    from funcyard.emulator.registries.client import RegistryClient
    from funcyard.emulator.registries.packing import Packing
    from funcyard.emulator.registries.references import Reference


async def push(client: RegistryClient, folder: Path, where: Reference, packing: Packing) -> str:
    """Push a folder as an image; return its digest.

    Args:
        client: Of the registry.
        folder: With the files.
        where: Under which name.
        packing: What the image says beside its files.

    Raises:
        PackingError: It cannot be made an image.
        RegistryFaultError: The registry does not take it.
    """
    with tempfile.TemporaryDirectory(prefix="funcyard-image-") as scratch:
        packed = await asyncio.to_thread(pack, folder, packing, Path(scratch) / "layer")
        await client.push_blob(where.repository, packed.layer_digest, packed.layer)
        await client.push_blob(where.repository, digest_of(packed.config), packed.config)
        return await client.push_manifest(where.repository, where.version, packed.manifest, IMAGE)
