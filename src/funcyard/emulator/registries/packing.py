"""A folder as an image: one layer, a configuration, a manifest; the same each time.

Names are sorted, and times, owners and all of modes but whether a file can be executed are left
out, so that a folder with the same files has the same digest on every machine.

https://github.com/opencontainers/image-spec/blob/main/layer.md and config.md
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import stat
import tarfile
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Final

from funcyard.emulator.registries.manifests import IMAGE
from funcyard.emulator.registries.references import digest_of
from funcyard.errors import UsageError
from funcyard.funcignore import Funcignore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CONFIG: Final = "application/vnd.oci.image.config.v1+json"
LAYER: Final = "application/vnd.oci.image.layer.v1.tar+gzip"
FUNCTIONS_FOLDER: Final = "/home/site/wwwroot"
"""Where the base images of Azure Functions look for an app."""

OTHER_FOLDER: Final = "/app"
HOST: Final = "host.json"
_PASSED_OVER: Final = frozenset({".git", ".venv", ".funcyard", "__pycache__"})
_FUNCTIONS_PORT: Final = 80
_LEVEL: Final = 6
_CREATED: Final = "1970-01-01T00:00:00Z"


class PackingError(UsageError):
    """A folder cannot be made an image."""

    code = "cannot-pack-image"


@dataclass(frozen=True, slots=True)
class Packing:
    """What an image is to say beside its files.

    Attributes:
        entrypoint: What it runs; nothing for a function app, which the host runs.
        port: At which it listens; None where that is not told.
        environment: Variables.
    """

    entrypoint: tuple[str, ...] = ()
    port: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Packed:
    """An image.

    Attributes:
        manifest: Its content.
        config: That of its configuration.
        layer: File of its layer.
        layer_digest: Of that.
    """

    manifest: bytes
    config: bytes
    layer: Path
    layer_digest: str

    @property
    def digest(self) -> str:
        """The digest of the manifest, by which the image is known."""
        return digest_of(self.manifest)


def pack(folder: Path, packing: Packing, layer: Path) -> Packed:
    """Make an image of a folder.

    What ``.funcignore`` leaves out is left out, and ``.git``, ``.venv``, ``.funcyard`` and
    ``__pycache__`` always are.

    Args:
        folder: With the files.
        packing: What the image says beside them.
        layer: File that its layer is written to.

    Raises:
        PackingError: There is nothing that it would run, or something that no layer can hold.
    """
    is_functions = not packing.entrypoint and (folder / HOST).is_file()
    if not packing.entrypoint and not is_functions:
        raise PackingError(
            f"{folder} has no {HOST}, so the image needs a command",
            hint="--entrypoint 'python main.py'",
        )
    where = FUNCTIONS_FOLDER if is_functions else OTHER_FOLDER
    try:
        diff = _write_layer(folder, where, layer)
        size = layer.stat().st_size
        with layer.open("rb") as file:
            digest = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    except OSError as fault:
        raise PackingError(f"{folder}: cannot be read: {fault}") from fault
    config = _document(_config(packing, where, diff, is_functions=is_functions))
    manifest = {
        "schemaVersion": 2,
        "mediaType": IMAGE,
        "config": {"mediaType": CONFIG, "digest": digest_of(config), "size": len(config)},
        "layers": [{"mediaType": LAYER, "digest": digest, "size": size}],
    }
    return Packed(_document(manifest), config, layer, digest)


def _config(packing: Packing, where: str, diff: str, *, is_functions: bool) -> dict[str, Any]:
    environment = {"AzureWebJobsScriptRoot": where} if is_functions else {}
    environment |= packing.environment
    own: dict[str, Any] = {
        "Env": [f"{name}={value}" for name, value in environment.items()],
        "WorkingDir": where,
    }
    if packing.entrypoint:
        own["Entrypoint"] = list(packing.entrypoint)
    port = packing.port or (_FUNCTIONS_PORT if is_functions else None)
    if port is not None:
        own["ExposedPorts"] = {f"{port}/tcp": {}}
    return {
        "created": _CREATED,
        "architecture": "amd64",
        "os": "linux",
        "config": own,
        "rootfs": {"type": "layers", "diff_ids": [diff]},
        "history": [{"created": _CREATED, "created_by": "funcyard emulator image push"}],
    }


def _document(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


class _Hashed:
    """A file that is written to, and the digest of what was."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def write(self, chunk: bytes) -> int:
        self.hash.update(chunk)
        return self._file.write(chunk)


def _write_layer(folder: Path, where: str, layer: Path) -> str:
    """Write the files of a folder as a layer; return the digest of what is compressed in it."""
    with (
        layer.open("wb") as raw,
        gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as packed,
    ):
        hashed = _Hashed(packed)  # type: ignore[arg-type]  # a file as tarfile needs one
        with tarfile.open(fileobj=hashed, mode="w|", format=tarfile.PAX_FORMAT) as tar:  # type: ignore[call-overload]  # as above
            for name in _parents(where):
                tar.addfile(_entry(name, tarfile.DIRTYPE, 0o755))
            for path, name in _files(folder):
                _add(tar, path, f"{where[1:]}/{name}")
    return f"sha256:{hashed.hash.hexdigest()}"


def _parents(where: str) -> Iterator[str]:
    parts = where[1:].split("/")
    for number in range(1, len(parts) + 1):
        yield "/".join(parts[:number])


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield what a folder holds with its name there, folders before what is in them."""
    ignored = _ignored(folder)
    for base, folders, files in os.walk(folder):
        inside = os.path.relpath(base, folder)
        prefix = "" if inside == "." else f"{inside}/"
        kept = [name for name in sorted(folders) if name not in _PASSED_OVER]
        links = [name for name in kept if os.path.islink(os.path.join(base, name))]  # noqa: PTH118, PTH114 - as os.walk gives it
        folders[:] = [name for name in kept if name not in links]
        for name in sorted([*kept, *files]):
            if ignored is not None and name not in folders and ignored.decides(prefix + name):
                continue
            yield folder / inside / name, prefix + name


def _ignored(folder: Path) -> Funcignore | None:
    path = folder / ".funcignore"
    return Funcignore(path.read_text("utf-8", "replace")) if path.is_file() else None


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    status = path.lstat()
    mode = 0o755 if status.st_mode & stat.S_IXUSR else 0o644
    if stat.S_ISLNK(status.st_mode):
        entry = _entry(name, tarfile.SYMTYPE, 0o777)
        entry.linkname = str(path.readlink())
        tar.addfile(entry)
    elif stat.S_ISDIR(status.st_mode):
        tar.addfile(_entry(name, tarfile.DIRTYPE, 0o755))
    elif stat.S_ISREG(status.st_mode):
        entry = _entry(name, tarfile.REGTYPE, mode)
        with path.open("rb") as file:
            entry.size = os.fstat(file.fileno()).st_size
            tar.addfile(entry, file)
    else:
        raise PackingError(f"{path} is neither a file nor a folder nor a link")


def _entry(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = kind, mode
    return entry
