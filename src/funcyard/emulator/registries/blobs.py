"""Blobs of a repository: contents by their digest, whole or a range of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.emulator.registries import errors
from funcyard.emulator.registries.access import DELETE, PULL
from funcyard.emulator.registries.call import Reply
from funcyard.emulator.registries.manifests import named_by_content
from funcyard.emulator.registries.references import is_digest
from funcyard.emulator.registries.scopes import check_repository, scope_of

if TYPE_CHECKING:
    from funcyard.emulator.registries.call import Call

_RANGE: Final = re.compile("bytes=([0-9]+)-([0-9]*)")


async def get(call: Call, repository: str, digest: str) -> Reply:
    """Return a blob, or the range of it that is asked for."""
    check_repository(repository)
    call.granted(scope_of(repository, PULL), repository, PULL)
    _check(call, repository, digest)
    size = call.store.contents.size(digest)
    headers = {
        "content-type": "application/octet-stream",
        "docker-content-digest": digest,
        "etag": f'"{digest}"',
        "accept-ranges": "bytes",
    }
    found = _RANGE.fullmatch(call.headers.get("range", ""))
    if found is None or call.method == "HEAD":
        headers["content-length"] = str(size)
        return Reply(200, headers, content=call.store.contents.read(digest, 0, size - 1))
    first, last = int(found[1]), min(int(found[2] or size), size - 1)
    if first > last:
        raise errors.bad_range("the blob ends before", {"content-range": f"bytes */{size}"})
    headers["content-length"] = str(last - first + 1)
    headers["content-range"] = f"bytes {first}-{last}/{size}"
    return Reply(206, headers, content=call.store.contents.read(digest, first, last))


async def delete(call: Call, repository: str, digest: str) -> Reply:
    """Forget a blob that no manifest of its repository names."""
    check_repository(repository)
    call.granted(scope_of(repository, DELETE), repository, DELETE)
    _check(call, repository, digest)
    for one in call.store.manifests(repository):
        if digest in named_by_content(one.content).blobs:
            raise errors.denied(f"the manifest {one.digest} names this blob")
    call.store.drop_blob(repository, digest)
    return Reply(202, {"docker-content-digest": digest})


def _check(call: Call, repository: str, digest: str) -> None:
    if not is_digest(digest):
        raise errors.bad_digest(f"{digest!r} is no digest of sha256")
    if not call.store.has_blob(repository, digest):
        raise errors.unknown_blob(digest)
