"""Manifests of a repository, by tag or digest.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.registries import errors
from funcyard.emulator.registries.access import DELETE, PULL, PUSH
from funcyard.emulator.registries.call import Reply
from funcyard.emulator.registries.manifests import LARGEST, read_manifest
from funcyard.emulator.registries.references import digest_of, is_digest, is_tag
from funcyard.emulator.registries.scopes import check_repository, scope_of
from funcyard.emulator.registries.store import Manifest

if TYPE_CHECKING:
    from funcyard.emulator.registries.call import Call
    from funcyard.emulator.registries.manifests import Named


async def get(call: Call, repository: str, version: str) -> Reply:
    """Return a manifest as it came, whatever media types are asked for."""
    check_repository(repository)
    call.granted(scope_of(repository, PULL), repository, PULL)
    found = call.store.manifest(repository, version)
    if found is None:
        raise errors.unknown_manifest(repository, version)
    headers = {
        "content-type": found.media_type,
        "docker-content-digest": found.digest,
        "etag": f'"{found.digest}"',
        "content-length": str(len(found.content)),
    }
    return Reply(200, headers, found.content)


async def put(call: Call, repository: str, version: str) -> Reply:
    """Keep a manifest, all of whose parts are there, under a tag or its digest."""
    check_repository(repository)
    call.granted(scope_of(repository, PULL, PUSH), repository, PUSH)
    if not is_tag(version) and not is_digest(version):
        raise errors.bad_manifest(f"{version!r} is neither a tag nor a digest of sha256")
    content = await call.body(LARGEST)
    media_type = call.headers.get("content-type", "").partition(";")[0].strip()
    _check_parts(call, repository, read_manifest(content, media_type))
    digest = digest_of(content)
    if is_digest(version) and version != digest:
        raise errors.bad_digest("provided digest did not match uploaded content")
    tag = None if is_digest(version) else version
    made = Manifest(digest, media_type, content, call.clock.stamp())
    call.store.add_manifest(repository, made, tag)
    location = f"/v2/{repository}/manifests/{digest}"
    return Reply(201, {"location": location, "docker-content-digest": digest})


async def delete(call: Call, repository: str, version: str) -> Reply:
    """Forget a manifest with its tags, or a tag alone."""
    check_repository(repository)
    call.granted(scope_of(repository, DELETE), repository, DELETE)
    if not is_digest(version):
        if not call.store.drop_tag(repository, version):
            raise errors.unknown_manifest(repository, version)
        return Reply(202)
    if call.store.manifest(repository, version) is None:
        raise errors.unknown_manifest(repository, version)
    call.store.drop_manifest(repository, version)
    return Reply(202)


def _check_parts(call: Call, repository: str, named: Named) -> None:
    for digest in named.blobs:
        if not call.store.has_blob(repository, digest):
            raise errors.missing_blob(digest)
    for digest in named.manifests:
        if call.store.manifest(repository, digest) is None:
            raise errors.missing_blob(digest)
