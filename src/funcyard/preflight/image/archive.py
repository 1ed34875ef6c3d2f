"""Archives of images: what ``docker save`` writes, and OCI archives.

Nothing is unpacked. Layers are read one after the other as streams, their whiteouts applied in
order, and of each file below the wanted folder its SHA-256 is kept. Formats: the image-spec of the
Open Container Initiative and https://github.com/moby/docker-image-spec.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import posixpath
import tarfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from funcyard.errors import UsageError
from funcyard.preflight.image.layers import MOST_BYTES, Layers, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

DEFAULT_ROOT = "/home/site/wwwroot"
"""Where the Functions host looks for the app unless AzureWebJobsScriptRoot says otherwise."""
_LARGEST_DOCUMENT = 16 * 1024 * 1024
_MOST_MEMBERS = 1_000_000
_ATTESTATION = "vnd.docker.reference.type"


class ImageArchiveError(UsageError):
    """A file is no archive of an image that can be read."""

    code = "bad-image-archive"


@dataclass(frozen=True, slots=True)
class Content:
    """What an image holds of its app.

    Attributes:
        root: The folder in which the host looks for the app.
        files: The SHA-256 of each file below it, by its path in it; empty for what is no plain
            file.
    """

    root: str
    files: Mapping[str, str]


def read_archive(path: Path) -> Content:
    """Return what an image's archive holds of the app.

    Args:
        path: The archive, as it is or compressed with gzip, bzip2 or xz.

    Raises:
        ImageArchiveError: It cannot be read, is none, or holds too much.
    """
    try:
        with tarfile.open(path, "r:*") as outer:
            return _Archive(outer, path).content()
    except TooLargeError as fault:
        raise ImageArchiveError(f"{path} holds too much: {fault}") from fault
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as fault:
        raise ImageArchiveError(
            f"{path} is no archive of an image: {fault}", hint="docker save IMAGE --output FILE"
        ) from fault
    except OSError as fault:
        raise ImageArchiveError(f"{path} cannot be read: {fault.strerror or fault}") from fault


class _Archive:
    def __init__(self, outer: tarfile.TarFile, path: Path) -> None:
        self._outer = outer
        self._path = path
        self._members: dict[str, tarfile.TarInfo] = {}
        size = 0
        for count, member in enumerate(outer):
            size += member.size
            if count >= _MOST_MEMBERS or size > MOST_BYTES:
                raise TooLargeError(f"more than {_MOST_MEMBERS} parts or {MOST_BYTES} bytes")
            self._members[posixpath.normpath(member.name)] = member

    def content(self) -> Content:
        """Return what the image holds of the app."""
        config_name, layer_names = self._docker() or self._oci()
        config = self._document(config_name)
        root = _script_root(config)
        layers = Layers(root)
        for name in layer_names:
            with self._open(name) as stream, _plain(stream, name) as plain:
                layers.add(plain)
        if layers.is_elsewhere:
            raise self._bad(f"{root} is a link in it, and links are not followed")
        return Content(root, layers.files)

    def _docker(self) -> tuple[str, list[str]] | None:
        """Return the configuration and the layers that ``manifest.json`` names."""
        if "manifest.json" not in self._members:
            return None
        manifest = self._document("manifest.json")
        images = [item for item in manifest if isinstance(item, dict)] if manifest else []
        if len(images) != 1 or not isinstance(manifest, list):
            raise self._bad(f"it holds {len(images)} images, and one is wanted")
        config, layers = images[0].get("Config"), images[0].get("Layers")
        if not isinstance(config, str) or not isinstance(layers, list):
            raise self._bad("its manifest.json names no layers")
        return config, [str(layer) for layer in layers]

    def _oci(self) -> tuple[str, list[str]]:
        """Return the configuration and the layers that ``index.json`` leads to."""
        if "index.json" not in self._members:
            raise self._bad("it has neither manifest.json nor index.json")
        manifests = list(self._manifests(self._document("index.json"), depth=0))
        if len(manifests) != 1:
            raise self._bad(f"it holds {len(manifests)} images for linux/amd64, and one is wanted")
        manifest = manifests[0]
        config = manifest.get("config")
        layers = manifest.get("layers")
        if not isinstance(config, dict) or not isinstance(layers, list):
            raise self._bad("its manifest names no layers")
        return self._blob(config), [self._blob(layer) for layer in layers]

    def _manifests(self, index: Any, depth: int) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON
        entries = index.get("manifests") if isinstance(index, dict) else None
        for entry in entries if isinstance(entries, list) else ():
            if not isinstance(entry, dict) or _ATTESTATION in (entry.get("annotations") or {}):
                continue
            platform = entry.get("platform") or {}
            if platform and (platform.get("os"), platform.get("architecture")) != (
                "linux",
                "amd64",
            ):
                continue
            document = self._document(self._blob(entry))
            if isinstance(document, dict) and "manifests" in document and depth < 4:  # noqa: PLR2004 - deeper is no index
                yield from self._manifests(document, depth + 1)
            elif isinstance(document, dict):
                yield document

    def _blob(self, descriptor: Any) -> str:  # noqa: ANN401 - JSON
        digest = descriptor.get("digest") if isinstance(descriptor, dict) else None
        if not isinstance(digest, str) or ":" not in digest:
            raise self._bad("a part of it has no digest")
        return f"blobs/{digest.replace(':', '/')}"

    def _document(self, name: str) -> Any:  # noqa: ANN401 - JSON
        with self._open(name) as stream:
            text = stream.read(_LARGEST_DOCUMENT + 1)
        if len(text) > _LARGEST_DOCUMENT:
            raise TooLargeError(f"{name} has more than {_LARGEST_DOCUMENT} bytes")
        digest = posixpath.basename(name)
        if name.startswith("blobs/sha256/") and hashlib.sha256(text).hexdigest() != digest:
            raise self._bad(f"{name} is not what its digest says")
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise self._bad(f"{name} is no JSON") from None

    def _open(self, name: str) -> IO[bytes]:
        member = self._members.get(posixpath.normpath(name))
        stream = self._outer.extractfile(member) if member is not None else None
        if stream is None:
            raise self._bad(f"it lacks {name}")
        return stream

    def _bad(self, why: str) -> ImageArchiveError:
        return ImageArchiveError(
            f"{self._path} is no archive of one image: {why}",
            hint="docker save IMAGE --output FILE",
        )


def _plain(stream: IO[bytes], name: str) -> IO[bytes] | gzip.GzipFile:
    """Return a layer's stream uncompressed."""
    start = stream.read(4)
    stream.seek(0)
    if start.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=stream)
    if start == b"\x28\xb5\x2f\xfd":
        raise ImageArchiveError(
            f"layer {name} is compressed with zstd, which this Python cannot read",
            hint="docker save IMAGE --output FILE",
        )
    return stream


def _script_root(config: Any) -> str:  # noqa: ANN401 - JSON
    inner = config.get("config") if isinstance(config, dict) else None
    variables = inner.get("Env") if isinstance(inner, dict) else None
    root = DEFAULT_ROOT
    for variable in variables if isinstance(variables, list) else ():
        name, _, value = str(variable).partition("=")
        if name == "AzureWebJobsScriptRoot" and value.startswith("/"):
            root = value
    return posixpath.normpath(root)
