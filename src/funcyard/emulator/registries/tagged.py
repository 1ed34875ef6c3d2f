"""The images of a registry that have a tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.registries.references import Reference, digest_of
from funcyard.emulator.registries.scopes import scope_of

if TYPE_CHECKING:
    from funcyard.emulator.registries.client import RegistryClient


async def tagged_images(client: RegistryClient, server: str) -> list[tuple[str, str]]:
    """Return reference and digest of each, in order.

    Raises:
        RegistryFaultError: The registry does not tell them.
    """
    found = []
    repositories = await client.pages("/v2/_catalog", "registry:catalog:*", "repositories")
    for repository in repositories:
        scope = scope_of(repository, "pull")
        for tag in await client.pages(f"/v2/{repository}/tags/list", scope, "tags"):
            content, _ = await client.manifest(repository, tag)
            found.append((str(Reference(server, repository, tag)), digest_of(content)))
    return found
