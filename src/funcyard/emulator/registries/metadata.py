"""What is known of repositories, tags and manifests, at Azure's own addresses.

https://learn.microsoft.com/rest/api/containerregistry/repository
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from funcyard.emulator.registries import errors
from funcyard.emulator.registries.access import DELETE, PULL
from funcyard.emulator.registries.call import Reply, document
from funcyard.emulator.registries.listing import page
from funcyard.emulator.registries.manifests import INDEXES
from funcyard.emulator.registries.scopes import check_repository, scope_of

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.registries.call import Call
    from funcyard.emulator.registries.store import Manifest, Tag

_READ: Final = "metadata_read"
_CHANGEABLE: Final = {
    "deleteEnabled": True,
    "writeEnabled": True,
    "readEnabled": True,
    "listEnabled": True,
}


async def repository(call: Call, name: str) -> Reply:
    """Return what is known of a repository."""
    manifests, tags = _known(call, name), call.store.tags(name)
    times = sorted(one.created for one in manifests)
    told = {
        "createdTime": times[0],
        "lastUpdateTime": max([times[-1], *(one.changed for one in tags)]),
        "manifestCount": len(manifests),
        "tagCount": len(tags),
        "changeableAttributes": _CHANGEABLE,
    }
    return document(200, {**_of(call, name), **told})


async def delete_repository(call: Call, name: str) -> Reply:
    """Forget a repository, whole."""
    check_repository(name)
    call.granted(scope_of(name, DELETE), name, DELETE)
    manifests = [one.digest for one in call.store.manifests(name)]
    if not manifests:
        raise errors.unknown_name(name)
    tags = [one.name for one in call.store.tags(name)]
    for digest in manifests:
        call.store.drop_manifest(name, digest)
    return document(202, {"manifestsDeleted": manifests, "tagsDeleted": tags})


async def tags(call: Call, name: str) -> Reply:
    """Return the tags of a repository, a page of them; with ``digest`` of one manifest only."""
    _known(call, name)
    digest = call.parameter("digest")
    every = {one.name: one for one in call.store.tags(name) if digest in {"", one.digest}}
    names, more = page(call, list(every))
    return document(200, {**_of(call, name), "tags": [_tag(every[one]) for one in names]}, more)


async def tag(call: Call, name: str, wanted: str) -> Reply:
    """Return what is known of a tag."""
    _known(call, name)
    found = next((one for one in call.store.tags(name) if one.name == wanted), None)
    if found is None:
        raise errors.unknown_manifest(name, wanted)
    return document(200, {**_of(call, name), "tag": _tag(found)})


async def delete_tag(call: Call, name: str, wanted: str) -> Reply:
    """Forget a tag."""
    check_repository(name)
    call.granted(scope_of(name, DELETE), name, DELETE)
    if not call.store.drop_tag(name, wanted):
        raise errors.unknown_manifest(name, wanted)
    return Reply(202)


async def manifests(call: Call, name: str) -> Reply:
    """Return the manifests of a repository, a page of them."""
    every = {one.digest: one for one in _known(call, name)}
    digests, more = page(call, list(every))
    told = [_manifest(call, name, every[one]) for one in digests]
    return document(200, {**_of(call, name), "manifests": told}, more)


async def manifest(call: Call, name: str, digest: str) -> Reply:
    """Return what is known of a manifest."""
    _known(call, name)
    found = call.store.manifest(name, digest) if ":" in digest else None
    if found is None:
        raise errors.unknown_manifest(name, digest)
    return document(200, {**_of(call, name), "manifest": _manifest(call, name, found)})


def _known(call: Call, name: str) -> list[Manifest]:
    """Return the manifests of a repository of which the sender may know.

    Raises:
        RegistryError: There is none, or it may not.
    """
    check_repository(name)
    call.granted(scope_of(name, _READ), name, PULL)
    found = call.store.manifests(name)
    if not found:
        raise errors.unknown_name(name)
    return found


def _of(call: Call, name: str) -> Json:
    return {"registry": call.access.service, "imageName": name}


def _tag(one: Tag) -> Json:
    return {
        "name": one.name,
        "digest": one.digest,
        "createdTime": one.created,
        "lastUpdateTime": one.changed,
        "signed": False,
        "changeableAttributes": _CHANGEABLE,
    }


def _manifest(call: Call, name: str, one: Manifest) -> Json:
    whole = json.loads(one.content)
    named = [tag.name for tag in call.store.tags(name) if tag.digest == one.digest]
    told: Json = {
        "digest": one.digest,
        "createdTime": one.created,
        "lastUpdateTime": one.created,
        "mediaType": one.media_type,
        "tags": named,
        "changeableAttributes": _CHANGEABLE,
    }
    if one.media_type in INDEXES:
        return told
    parts = [whole["config"], *whole["layers"]]
    return {
        **told,
        "imageSize": sum(int(part.get("size") or 0) for part in parts),
        "configMediaType": whole["config"].get("mediaType"),
    }
