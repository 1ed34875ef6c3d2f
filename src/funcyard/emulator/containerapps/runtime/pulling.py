"""Images: pulled from registries of this machine as somebody, unpacked once, kept by digest."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.containerapps.runtime import builtin
from funcyard.emulator.containerapps.runtime.unpacking import BadLayerError, unpack
from funcyard.emulator.registries.client import (
    ImageNotFoundError,
    RegistryClient,
    RegistryFaultError,
    RegistryUnauthorizedError,
    RegistryUnreachableError,
)
from funcyard.emulator.registries.manifests import INDEXES
from funcyard.emulator.registries.references import (
    ImageReferenceError,
    digest_of,
    read_reference,
)
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funcyard.emulator.containerapps.runtime.wanted import RegistryLogin
    from funcyard.emulator.registries.references import Reference

_HALF: Final = "new-"
_KEPT_SECONDS: Final = 7 * 24 * 3600
_PLATFORM: Final = ("linux", "amd64")


@dataclass(frozen=True, slots=True)
class Image:
    """An image that is here.

    Attributes:
        digest: Of its manifest.
        folder: Its files; None where it has none.
        command: Entrypoint and arguments, one after another.
        entrypoint: The first of both.
        environment: Its variables.
        working_folder: Where its command runs, absolute in the image.
        port: The lowest at which it says that it listens; None where it says none.
        size: Of its layers, in bytes.
    """

    digest: str
    folder: Path | None
    entrypoint: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    working_folder: str = "/"
    port: int | None = None
    size: int = 0


class PullError(FuncyardError):
    """An image cannot be had.

    Args:
        message: Why.
        is_unauthorized: Whether the registry does not let who asks.
    """

    code = "image-pull"

    def __init__(self, message: str, *, is_unauthorized: bool = False) -> None:
        super().__init__(message)
        self.is_unauthorized = is_unauthorized


class Images:
    """The images of a location.

    Args:
        folder: Where they are kept; those that nobody used for a week are deleted.
        authority: File of the certificate by which registries are trusted.
    """

    def __init__(self, folder: Path, authority: Path) -> None:
        self._folder = folder
        self._authority = authority
        self._pulling: dict[str, asyncio.Lock] = {}
        if folder.exists():
            _sweep(folder)

    async def pull(self, image: str, logins: Sequence[RegistryLogin]) -> Image:
        """Return an image as its registry has it now; its files come once.

        Args:
            image: Its reference.
            logins: As whom registries are asked.

        Raises:
            PullError: It cannot be had.
        """
        if image == builtin.QUICKSTART:
            return Image(builtin.DIGEST, None, builtin.COMMAND, port=builtin.PORT)
        try:
            where = read_reference(image)
        except ImageReferenceError as fault:
            raise PullError(f"Invalid image reference '{image}'.") from fault
        if not _is_here(where.server):
            host = where.server.partition(":")[0]
            raise PullError(
                f"Image {image} cannot be pulled. ErrorMessage=dial tcp: lookup {host}: no such"
                " host"
            )
        try:
            async with self._client(where, logins) as client:
                return await self._pulled(client, where)
        except RegistryUnauthorizedError as fault:
            raise PullError(
                f"Unauthorized to access image {image}. ErrorMessage=Image pull failed with"
                f" unauthorized error. Error: {fault.message}",
                is_unauthorized=True,
            ) from fault
        except ImageNotFoundError as fault:
            raise PullError(
                f"Image {image} not found in registry. ErrorMessage=Image not found or access"
                f" denied. Error: {fault.message}"
            ) from fault
        except (RegistryUnreachableError, RegistryFaultError, BadLayerError) as fault:
            raise PullError(
                f"Image {image} cannot be pulled. ErrorMessage={fault.message}"
            ) from fault

    def _client(self, where: Reference, logins: Sequence[RegistryLogin]) -> RegistryClient:
        login = next((one for one in logins if one.server.lower() == where.server.lower()), None)
        if login is None:
            return RegistryClient(where.server, self._authority)
        return RegistryClient(
            where.server,
            self._authority,
            username=login.username,
            password=login.password,
            token=login.token,
        )

    async def _pulled(self, client: RegistryClient, where: Reference) -> Image:
        content, kind = await client.manifest(where.repository, where.version)
        manifest = json.loads(content)
        if kind in INDEXES:
            digest = _of_platform(manifest["manifests"])
            content, _ = await client.manifest(where.repository, digest)
            manifest = json.loads(content)
        digest = digest_of(content)
        async with self._pulling.setdefault(digest, asyncio.Lock()):
            kept = self._folder / digest.removeprefix("sha256:")
            if not await asyncio.to_thread(kept.exists):
                await self._fetch(client, where.repository, manifest, kept)
            os.utime(kept)
        return await asyncio.to_thread(_read, kept, digest, manifest)

    async def _fetch(
        self, client: RegistryClient, repository: str, manifest: Mapping[str, Any], kept: Path
    ) -> None:
        """Bring the files of an image, aside until they are whole."""
        self._folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=_HALF, dir=self._folder))
        try:
            root = scratch / "root"
            root.mkdir()
            config = manifest["config"]["digest"]
            await client.save_blob(repository, config, scratch / "config.json")
            for number, layer in enumerate(manifest["layers"]):
                path = scratch / f"layer-{number}"
                await client.save_blob(repository, layer["digest"], path)
                await asyncio.to_thread(unpack, path, root)
                await asyncio.to_thread(path.unlink)
            await asyncio.to_thread(scratch.rename, kept)
        except OSError as fault:
            raise PullError(f"the image cannot be unpacked: {fault}") from fault
        finally:
            await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Delete what a kill left half done, and images that nobody has used for long."""
    for path in folder.iterdir():
        is_old = path.stat().st_mtime < time.time() - _KEPT_SECONDS
        if is_old or path.name.startswith(_HALF):
            shutil.rmtree(path, ignore_errors=True)


def _is_here(server: str) -> bool:
    host = server.partition(":")[0]
    return host == "localhost" or host.startswith("127.")


def _of_platform(manifests: Sequence[Mapping[str, Any]]) -> str:
    """Return the digest of the image for this kind of machine, of the first where none says so."""
    for one in manifests:
        platform = one.get("platform") or {}
        if (platform.get("os"), platform.get("architecture")) == _PLATFORM:
            return str(one["digest"])
    if not manifests:
        raise RegistryFaultError("no matching manifest for linux/amd64")
    return str(manifests[0]["digest"])


def _read(kept: Path, digest: str, manifest: Mapping[str, Any]) -> Image:
    try:
        whole = json.loads((kept / "config.json").read_bytes())
        own = whole.get("config") or {}
        pairs = [str(one).partition("=") for one in own.get("Env") or ()]
        ports = sorted(int(str(one).partition("/")[0]) for one in own.get("ExposedPorts") or ())
        return Image(
            digest,
            kept / "root",
            tuple(own.get("Entrypoint") or ()),
            tuple(own.get("Cmd") or ()),
            {name: value for name, _, value in pairs},
            own.get("WorkingDir") or "/",
            ports[0] if ports else None,
            sum(int(one.get("size", 0)) for one in manifest["layers"]),
        )
    except (ValueError, AttributeError, KeyError) as fault:
        raise RegistryFaultError(f"the image's configuration is none: {fault}") from fault
