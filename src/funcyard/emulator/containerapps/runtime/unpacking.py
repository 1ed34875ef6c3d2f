"""Layers of an image, unpacked over each other, with nothing that leads out of the folder.

https://github.com/opencontainers/image-spec/blob/main/layer.md
"""

from __future__ import annotations

import os
import shutil
import tarfile
import zlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from funcyard.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_CONTENT: Final = 8 * 1024**3
MOST_ENTRIES: Final = 500_000
_WHITEOUT: Final = ".wh."
_OPAQUE: Final = ".wh..wh..opq"
_BROKEN: Final = (tarfile.TarError, EOFError, zlib.error, ValueError, UnicodeError)
_MODES: Final = 0o755


class BadLayerError(UserError):
    """A layer of an image cannot be unpacked."""

    code = "bad-layer"


def unpack(layer: Path, root: Path, *, largest: int = LARGEST_CONTENT) -> None:
    """Unpack a layer over what lies in a folder.

    Args:
        layer: The archive, compressed by gzip or not at all.
        root: The folder; it is there.
        largest: How many bytes there may be in the layer.

    Raises:
        BadLayerError: It is no archive, holds too much, a device, or what leads out of the folder.
        OSError: The folder cannot be written to.
    """
    left, entries = largest, 0
    try:
        with tarfile.open(layer, "r:*") as tar:
            for entry in tar:
                entries += 1
                left -= entry.size
                if left < 0 or entries > MOST_ENTRIES:
                    raise BadLayerError(f"the layer holds more than {largest} bytes")
                _place(tar, entry, root)
    except _BROKEN as fault:
        raise BadLayerError(f"the layer is no usable archive: {fault}") from fault


def _place(tar: tarfile.TarFile, entry: tarfile.TarInfo, root: Path) -> None:
    path = _inside(root, entry.name)
    if path == root:
        return
    if path.name == _OPAQUE:
        for one in path.parent.iterdir():
            _remove(one)
    elif path.name.startswith(_WHITEOUT):
        _remove(path.with_name(path.name.removeprefix(_WHITEOUT)))
    elif entry.isdir():
        if path.is_symlink() or not path.is_dir():
            _remove(path)
            path.mkdir()
    else:
        _remove(path)
        _make(tar, entry, root, path)


def _make(tar: tarfile.TarFile, entry: tarfile.TarInfo, root: Path, path: Path) -> None:
    """Make a file or a link where nothing is."""
    if entry.issym():
        _check_link(root, path, entry.linkname)
        path.symlink_to(_link_target(root, path, entry.linkname))
    elif entry.islnk():
        source = _inside(root, entry.linkname)
        if source.is_symlink() or not source.is_file():
            raise BadLayerError(f"the layer links {entry.name!r} to what is no file of the image")
        path.hardlink_to(source)
    elif entry.isreg():
        content = tar.extractfile(entry)
        assert content is not None  # noqa: S101 - it is a file
        with content, path.open("xb") as file:
            shutil.copyfileobj(content, file)
        path.chmod(entry.mode & _MODES | 0o600)
    else:
        raise BadLayerError(f"the layer holds a device: {entry.name!r}")


def _inside(root: Path, name: str) -> Path:
    """Return where a name of a layer is, its folders made, none of them a link.

    Raises:
        BadLayerError: It leads elsewhere.
    """
    parts = [one for one in PurePosixPath(name).parts if one != "/"]
    if ".." in parts or "\0" in name:
        raise BadLayerError(f"the layer holds a name that leads out of the image: {name!r}")
    path = root
    for number, part in enumerate(parts):
        path /= part
        if number == len(parts) - 1:
            break
        if path.is_symlink():
            path = _followed(root, path, name)
        elif not path.exists():
            path.mkdir()
        elif not path.is_dir():
            raise BadLayerError(f"the layer takes a file for a folder: {name!r}")
    return path


def _followed(root: Path, link: Path, name: str) -> Path:
    """Return where a link of an image leads, as other layers unpack through it."""
    try:
        target = link.resolve()
    except (OSError, RuntimeError) as fault:  # links that lead to each other
        raise BadLayerError(f"the layer holds a name that leads nowhere: {name!r}") from fault
    if not target.is_relative_to(root.resolve()) or not target.is_dir():
        raise BadLayerError(f"the layer holds a name that leads out of the image: {name!r}")
    return target


def _check_link(root: Path, path: Path, target: str) -> None:
    """Refuse a link that leads out of the image, wherever it is meant to be unpacked."""
    inside = PurePosixPath(target) if target.startswith("/") else None
    if inside is None:
        own = PurePosixPath("/") / path.relative_to(root).parent.as_posix()
        inside = own / target
    depth = 0
    for part in inside.parts[1:]:
        depth += -1 if part == ".." else 1
        if depth < 0:
            raise BadLayerError(f"the layer holds a link that leads out of the image: {target!r}")


def _link_target(root: Path, path: Path, target: str) -> str:
    """Return what a link is to say: one that begins at the image's root stays in the image."""
    if not target.startswith("/"):
        return target
    return os.path.relpath(root / target.lstrip("/"), path.parent)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
