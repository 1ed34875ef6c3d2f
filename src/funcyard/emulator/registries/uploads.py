"""Blobs on their way: whole in one request, or in parts, one after another.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.emulator.registries import errors
from funcyard.emulator.registries.access import PULL, PUSH
from funcyard.emulator.registries.call import Reply
from funcyard.emulator.registries.references import is_digest
from funcyard.emulator.registries.scopes import check_repository, scope_of

if TYPE_CHECKING:
    from funcyard.emulator.registries.access import Grant
    from funcyard.emulator.registries.call import Call
    from funcyard.emulator.registries.contents import Upload

_RANGE: Final = re.compile("(?:bytes[= ])?([0-9]+)-([0-9]+)(?:/.*)?")


async def begin(call: Call, repository: str) -> Reply:
    """Begin an upload; with ``digest`` it is the whole, with ``mount`` nothing need come."""
    grant = _check(call, repository)
    mounted, source = call.parameter("mount"), call.parameter("from")
    if mounted and source and grant.may(source, PULL) and call.store.has_blob(source, mounted):
        call.store.add_blob(repository, mounted)
        return _kept(repository, mounted)
    upload = call.store.contents.begin(repository)
    digest = call.parameter("digest")
    if not digest:
        return _going(upload)
    return await _finished(call, upload, digest)


async def status(call: Call, repository: str, identifier: str) -> Reply:
    """Tell how much of an upload has come."""
    _check(call, repository)
    return _going(call.store.contents.upload(repository, identifier), 204)


async def append(call: Call, repository: str, identifier: str) -> Reply:
    """Take a part of an upload."""
    _check(call, repository)
    upload = call.store.contents.upload(repository, identifier)
    _check_range(call, upload)
    await _taken(call, upload)
    return _going(upload)


async def finish(call: Call, repository: str, identifier: str) -> Reply:
    """Take the last part of an upload, if one comes, and keep the whole."""
    _check(call, repository)
    upload = call.store.contents.upload(repository, identifier)
    _check_range(call, upload)
    return await _finished(call, upload, call.parameter("digest"))


async def cancel(call: Call, repository: str, identifier: str) -> Reply:
    """Forget an upload."""
    _check(call, repository)
    call.store.contents.cancel(call.store.contents.upload(repository, identifier))
    return Reply(204)


def _check(call: Call, repository: str) -> Grant:
    check_repository(repository)
    return call.granted(scope_of(repository, PULL, PUSH), repository, PUSH)


def _check_range(call: Call, upload: Upload) -> None:
    text = call.headers.get("content-range")
    if text is None:
        return
    found = _RANGE.fullmatch(text)
    if found is None or int(found[1]) != upload.size:
        raise errors.bad_range("the part does not follow what has come", _progress(upload))


async def _taken(call: Call, upload: Upload) -> None:
    """Write what comes; who goes away leaves what came, and may ask how much that is."""
    try:
        async for chunk in call.parts():
            upload.write(chunk)
    except (OSError, errors.RegistryError):
        call.store.contents.cancel(upload)
        raise


async def _finished(call: Call, upload: Upload, digest: str) -> Reply:
    if not is_digest(digest):
        raise errors.bad_digest(f"{digest!r} is no digest of sha256")
    await _taken(call, upload)
    await call.store.contents.finish(upload, digest)
    call.store.add_blob(upload.repository, digest)
    return _kept(upload.repository, digest)


def _kept(repository: str, digest: str) -> Reply:
    location = f"/v2/{repository}/blobs/{digest}"
    return Reply(201, {"location": location, "docker-content-digest": digest})


def _going(upload: Upload, status: int = 202) -> Reply:
    return Reply(status, {**_progress(upload), "docker-upload-uuid": upload.id})


def _progress(upload: Upload) -> dict[str, str]:
    return {
        "location": f"/v2/{upload.repository}/blobs/uploads/{upload.id}",
        "range": f"0-{max(upload.size - 1, 0)}",
    }
