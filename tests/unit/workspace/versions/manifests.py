"""Manifests for tests."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

from funcyard.workspace.scopes import GLOBAL, Scope
from funcyard.workspace.versions.manifest import Extent, File, Manifest
from funcyard.workspace.versions.name import VersionName
from funcyard.workspace.versions.origin import EditOrigin, Origin

PACK = "0" * 32
WHEN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def manifest_of(
    contents: Mapping[str, bytes],
    *,
    scope: Scope = GLOBAL,
    number: int = 1,
    directories: tuple[str, ...] = (),
    parent: VersionName | None = None,
    origin: Origin | None = None,
    created: datetime = WHEN,
) -> Manifest:
    """Return a version whose contents lie in one pack."""
    files, extents, size = {}, {}, 0
    for path, content in sorted(contents.items()):
        sha256 = hashlib.sha256(content).hexdigest()
        files[path] = File(sha256, len(content))
        if content and sha256 not in extents:
            extents[sha256] = Extent(PACK, size, len(content))
            size += len(content)
    return Manifest(
        scope=scope,
        number=number,
        parent=parent,
        created=created,
        origin=origin or EditOrigin("someone", "put", "a.py"),
        files=files,
        directories=directories,
        contents=extents,
        packs={PACK: size} if size else {},
    )
