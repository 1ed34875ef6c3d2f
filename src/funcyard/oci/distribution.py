"""What registries are asked of images, and what their answers mean.

The protocol is that of https://github.com/opencontainers/distribution-spec/blob/main/spec.md, with
the challenges of https://distribution.github.io/distribution/spec/auth/token/. Nothing here sends.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

ACCEPTED: Final = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
"""The media types of manifests: those for several platforms first."""

LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a manifest that are read."""

UNAUTHORIZED: Final = 401
NOT_FOUND: Final = 404
_REFUSALS: Final = (UNAUTHORIZED, 403)
_HUB: Final = ("docker.io", "index.docker.io", "registry-1.docker.io")
_PARAMETER: Final = re.compile(r'(\w+)="([^"]*)"')
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a registry says of a tag or a digest.

    Attributes:
        digest: What it names; empty where the registry does not say.
        parts: Digests of the images for one platform each, where it names several of them.
        is_missing: Whether the registry certainly has no such image.
        failure: Why it does not say, as words that go on from *because*.
    """

    digest: str = ""
    parts: frozenset[str] = field(default_factory=frozenset)
    is_missing: bool = False
    failure: str = ""

    def holds(self, digest: str) -> bool:
        """Tell whether a digest is the image, or that of one of its platforms."""
        return digest == self.digest or digest in self.parts


@dataclass(frozen=True, slots=True)
class Challenge:
    """Where a registry says that a token is to be had.

    Attributes:
        realm: The address.
        service: Whom it is for; empty where that is not said.
        scope: What it allows; empty where that is not said.
    """

    realm: str
    service: str = ""
    scope: str = ""


def host_of(name: str) -> tuple[str, str]:
    """Return the registry and the repository in it that the name of an image means."""
    first, slash, rest = name.partition("/")
    if not slash or not (set(first) & set(".:") or first == "localhost"):
        first, rest = _HUB[0], name
    if first in _HUB:
        return "registry-1.docker.io", rest if "/" in rest else f"library/{rest}"
    return first, rest


def is_digest(text: str) -> bool:
    """Tell whether a text is a digest as registries name images by."""
    return _DIGEST.fullmatch(text) is not None


def read_challenge(header: str) -> Challenge | None:
    """Return where a registry says that a token is to be had, None where it wants none."""
    if not header.lower().startswith("bearer "):
        return None
    given = dict(_PARAMETER.findall(header))
    return Challenge(given.get("realm", ""), given.get("service", ""), given.get("scope", ""))


def read_manifest(told: str | None, body: bytes) -> Manifest:
    """Return what an answer says of an image.

    Args:
        told: The header ``Docker-Content-Digest``; without one the body's own digest counts.
        body: The manifest.

    Raises:
        ValueError: It is none.
    """
    digest = told if told and is_digest(told) else f"sha256:{hashlib.sha256(body).hexdigest()}"
    try:
        document: Any = json.loads(body)
    except RecursionError as fault:
        raise ValueError("nested too deep") from fault
    listed = document.get("manifests") if isinstance(document, dict) else None
    listed = listed if isinstance(listed, list) else []
    parts = (one.get("digest") for one in listed if isinstance(one, dict))
    return Manifest(digest, frozenset(part for part in parts if isinstance(part, str)))


def refused(host: str, status: int) -> Manifest:
    """Return what the status of a refusal says of an image."""
    if status == NOT_FOUND:
        return Manifest(is_missing=True, failure=f"{host} has no such image")
    if status in _REFUSALS:
        return Manifest(failure=f"{host} tells it to nobody who is not signed in")
    return Manifest(failure=f"{host} answers {status}")
