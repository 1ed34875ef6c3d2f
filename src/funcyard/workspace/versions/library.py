"""Where manifests are kept: saved under their names, loaded and proved, the latest remembered."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from azure.core.exceptions import ResourceNotFoundError

from funcyard.azure.errors import azure_errors
from funcyard.errors import FuncyardError
from funcyard.workspace.versions.manifest_text import compress, decode, encode, name_of

if TYPE_CHECKING:
    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.versions.container import VersionContainer
    from funcyard.workspace.versions.manifest import Manifest
    from funcyard.workspace.versions.name import VersionName

PACKS_TOLD: Final = "packs"
"""Metadata of a manifest's blob: the packs it names, so that retention need not read it."""

_REMEMBERED: Final = 32


class VersionGoneError(FuncyardError):
    """A version is no longer kept, or never was."""

    code = "workspace-version-gone"


class Library:
    """The manifests of all scopes.

    Args:
        container: Where they lie.
    """

    def __init__(self, container: VersionContainer) -> None:
        self._container = container
        self._loaded: OrderedDict[tuple[Scope, VersionName], Manifest] = OrderedDict()

    async def save(self, manifest: Manifest) -> VersionName:
        """Store a manifest and return its version's name; nobody uses it yet.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        text = encode(manifest)
        name = name_of(text, manifest.number)
        await self._container.ensure()
        with azure_errors("storing a version's manifest"):
            await self._container.manifest(manifest.scope, name).upload_blob(
                compress(text),
                overwrite=True,
                metadata={PACKS_TOLD: ",".join(manifest.packs)} if manifest.packs else {},
            )
        self._remember(manifest.scope, name, manifest)
        return name

    async def load(self, scope: Scope, name: VersionName) -> Manifest:
        """Return a version's manifest.

        Raises:
            VersionGoneError: It is not kept any more.
            ManifestError: It is damaged.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        if (known := self._loaded.get((scope, name))) is not None:
            self._loaded.move_to_end((scope, name))
            return known
        with azure_errors("reading a version's manifest"):
            try:
                download = await self._container.manifest(scope, name).download_blob()
                stored = await download.readall()
            except ResourceNotFoundError as fault:
                raise VersionGoneError(
                    f"version {name.short} of {scope} is not kept any more",
                    hint="list the versions that are",
                ) from fault
        manifest = decode(stored, scope, name)
        self._remember(scope, name, manifest)
        return manifest

    def _remember(self, scope: Scope, name: VersionName, manifest: Manifest) -> None:
        self._loaded[scope, name] = manifest
        while len(self._loaded) > _REMEMBERED:
            self._loaded.popitem(last=False)
