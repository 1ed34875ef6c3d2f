"""A manifest as bytes, and back: compact canonical JSON, compressed where it is stored.

The digest in a version's name is that of the text, so two programs that mean the same version write
the same bytes. Contents and packs are told once and referred to by their places, which leaves a
thousand files about 60 KB.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from funcyard.errors import FuncyardError
from funcyard.workspace.scopes import Scope
from funcyard.workspace.versions.manifest import (
    EMPTY_SHA256,
    Extent,
    File,
    Manifest,
    ManifestError,
)
from funcyard.workspace.versions.name import VersionName
from funcyard.workspace.versions.origin import origin_as_dict, origin_from

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT: Final = 1
"""Told in every manifest; a reader refuses another."""

_LONGEST_TEXT: Final = 64 << 20
_FIELDS: Final = (
    *("format", "scope", "number", "parent", "created", "origin"),
    *("directories", "packs", "contents", "files"),
)


def encode(manifest: Manifest) -> bytes:
    """Return the manifest's canonical text, UTF-8."""
    packs = sorted(manifest.packs)
    place = {pack: index for index, pack in enumerate(packs)}
    contents = sorted(
        (place[extent.pack], extent.offset, extent.length, sha256)
        for sha256, extent in manifest.contents.items()
    )
    index = {sha256: number for number, (*_, sha256) in enumerate(contents)}
    told = (
        FORMAT,
        manifest.scope.name,
        manifest.number,
        None if manifest.parent is None else str(manifest.parent),
        manifest.created.astimezone(UTC).isoformat(timespec="microseconds"),
        origin_as_dict(manifest.origin),
        manifest.directories,
        [(pack, manifest.packs[pack]) for pack in packs],
        [(sha256, length, pack, offset) for pack, offset, length, sha256 in contents],
        [
            (path, index.get(file.sha256, -1), file.object_id)
            for path, file in sorted(manifest.files.items())
        ],
    )
    text = json.dumps(
        dict(zip(_FIELDS, told, strict=True)), ensure_ascii=False, separators=(",", ":")
    )
    return text.encode()


def name_of(text: bytes, number: int) -> VersionName:
    """Return the name of the version with that manifest."""
    return VersionName(number, hashlib.sha256(text).hexdigest())


def compress(text: bytes) -> bytes:
    """Return a manifest's text as it is stored: equal bytes for equal text."""
    return gzip.compress(text, compresslevel=1, mtime=0)  # hashes: more effort finds no more


def decode(stored: bytes, scope: Scope, name: VersionName) -> Manifest:
    """Read a stored manifest.

    Args:
        stored: What :func:`compress` returned.
        scope: Whose it must be.
        name: What it must be: its text must have the name's digest.

    Raises:
        ManifestError: It is damaged, another's, of another format, or says what cannot be.
    """
    try:
        return _decode(stored, scope, name)
    except (ValueError, TypeError, IndexError, RecursionError, zlib.error, FuncyardError) as fault:
        raise ManifestError(
            f"the manifest of version {name.short} of {scope} cannot be used: {fault}",
            hint="roll back to another version, or sync again",
        ) from fault


def _decode(stored: bytes, scope: Scope, name: VersionName) -> Manifest:
    text = _decompress(stored)
    if name_of(text, name.number) != name:
        raise ValueError("its digest is not the one in its name")
    told = json.loads(text)
    if not isinstance(told, dict) or tuple(told) != _FIELDS or told["format"] != FORMAT:
        raise ValueError("it is of another format")
    manifest = _read(told)
    if (manifest.scope, manifest.number) != (scope, name.number):
        raise ValueError("it is another version's")
    return manifest


def _decompress(stored: bytes) -> bytes:
    reader = zlib.decompressobj(wbits=31)
    text = reader.decompress(stored, _LONGEST_TEXT)
    if not reader.eof or reader.unused_data:
        raise ValueError("it is cut off, too long, or more than one")
    return text


def _read(told: Mapping[str, Any]) -> Manifest:
    packs = [(_text(pack), _count(size)) for pack, size in told["packs"]]
    contents = [
        (_text(sha256), Extent(packs[_count(pack)][0], _count(offset), _count(length)))
        for sha256, length, pack, offset in told["contents"]
    ]
    files = {}
    for path, index, object_id in told["files"]:
        if index == -1:
            sha256, size = EMPTY_SHA256, 0
        else:
            sha256, size = contents[_count(index)][0], contents[index][1].length
        files[_text(path)] = File(sha256, size, None if object_id is None else _text(object_id))
    manifest = Manifest(
        scope=Scope(_text(told["scope"])),
        number=_count(told["number"]),
        parent=None if told["parent"] is None else VersionName.parse(_text(told["parent"])),
        created=datetime.fromisoformat(_text(told["created"])),
        origin=origin_from(told["origin"]),
        files=files,
        directories=tuple(_text(path) for path in told["directories"]),
        contents=dict(contents),
        packs=dict(packs),
    )
    tables = ((files, told["files"]), (manifest.contents, contents), (manifest.packs, packs))
    if any(len(table) != len(rows) for table, rows in tables):
        raise ValueError("it tells a file, a content or a pack twice")
    return manifest


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("it holds something else where a text belongs")
    return value


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError("it holds something else where a number belongs")
    return value
