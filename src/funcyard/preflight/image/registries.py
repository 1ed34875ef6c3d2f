"""What registries say of images: which digest a tag names now, and whether a digest is there.

The protocol is that of https://github.com/opencontainers/distribution-spec/blob/main/spec.md, with
the anonymous tokens of https://distribution.github.io/distribution/spec/auth/token/. Only manifests
are asked for; nothing is pulled. Who wants a sign-in is not asked further.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from email.message import Message

    from funcyard.preflight.image.reference import Reference

PATIENCE = 20.0
"""Seconds for one answer."""

_HUB = ("docker.io", "index.docker.io", "registry-1.docker.io")
_LOOPBACK = re.compile(r"(?:localhost|127(?:\.\d+){3})(?::\d+)?")
_ACCEPTED = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_LARGEST = 4 * 1024 * 1024
_UNAUTHORIZED, _NOT_FOUND = 401, 404
_REFUSALS = (_UNAUTHORIZED, 403)


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


class Registries:
    """Asks registries, each question once.

    Args:
        patience: Seconds for one answer.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._known: dict[tuple[str, str], Manifest] = {}

    def of_tag(self, image: Reference) -> Manifest:
        """Return what an image's tag names now."""
        return self._ask(image.name, image.tag or "latest")

    def of_digest(self, image: Reference) -> Manifest:
        """Return whether an image's digest is there."""
        return self._ask(image.name, image.digest)

    def _ask(self, name: str, wanted: str) -> Manifest:
        if (name, wanted) not in self._known:
            try:
                self._known[name, wanted] = _manifest(name, wanted, self._patience)
            except urllib.error.HTTPError as refused:
                with refused:
                    self._known[name, wanted] = _refused(name, refused.code)
            except (OSError, http.client.HTTPException, ValueError) as fault:
                reason = fault.reason if isinstance(fault, urllib.error.URLError) else fault
                told = f"{host_of(name)[0]} cannot be asked: {reason or type(fault).__name__}"
                self._known[name, wanted] = Manifest(failure=told)
        return self._known[name, wanted]


def host_of(name: str) -> tuple[str, str]:
    """Return the registry and the repository in it that the name of an image means."""
    first, slash, rest = name.partition("/")
    if not slash or not (set(first) & set(".:") or first == "localhost"):
        first, rest = _HUB[0], name
    if first in _HUB:
        return "registry-1.docker.io", rest if "/" in rest else f"library/{rest}"
    return first, rest


def _manifest(name: str, wanted: str, patience: float) -> Manifest:
    host, repository = host_of(name)
    scheme = "http" if _LOOPBACK.fullmatch(host) else "https"
    address = f"{scheme}://{host}/v2/{repository}/manifests/{wanted}"
    token = ""
    try:
        headers, body = _get(address, token, patience)
    except urllib.error.HTTPError as refused:
        challenge = refused.headers.get("www-authenticate", "")
        if refused.code != _UNAUTHORIZED or not challenge.lower().startswith("bearer "):
            raise
        refused.close()
        token = _token(challenge, repository, patience)
        headers, body = _get(address, token, patience)
    told = headers.get("docker-content-digest") or ""
    digest = told if _DIGEST.fullmatch(told) else f"sha256:{hashlib.sha256(body).hexdigest()}"
    document: Any = json.loads(body)
    listed = document.get("manifests") if isinstance(document, dict) else None
    parts = (one.get("digest") for one in listed or () if isinstance(one, dict))
    return Manifest(digest, frozenset(part for part in parts if isinstance(part, str)))


def _token(challenge: str, repository: str, patience: float) -> str:
    """Return a token for anybody, as a registry's challenge says where to get one."""
    given = dict(_PARAMETER.findall(challenge))
    realm = given.get("realm", "")
    parts = urlsplit(realm)
    if parts.scheme != "https" and not _LOOPBACK.fullmatch(parts.netloc):
        raise ValueError("its sign-in is none of HTTPS")
    scope = given.get("scope") or f"repository:{repository}:pull"
    query = {"service": given["service"]} if "service" in given else {}
    mark = "&" if parts.query else "?"
    _, body = _get(f"{realm}{mark}{urlencode({**query, 'scope': scope})}", "", patience)
    document: Any = json.loads(body)
    found = document.get("token") or document.get("access_token")
    return str(found) if found else ""


def _get(address: str, token: str, patience: float) -> tuple[Message, bytes]:
    accepted = {"Accept": ", ".join(_ACCEPTED)}
    request = urllib.request.Request(address, headers=accepted)  # noqa: S310 - https, or http here
    if token:
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=patience) as answer:  # noqa: S310 - as above
        return answer.headers, answer.read(_LARGEST)


def _refused(name: str, status: int) -> Manifest:
    host = host_of(name)[0]
    if status == _NOT_FOUND:
        return Manifest(is_missing=True, failure=f"{host} has no such image")
    if status in _REFUSALS:
        return Manifest(failure=f"{host} tells it to nobody who is not signed in")
    return Manifest(failure=f"{host} answers {status}")
