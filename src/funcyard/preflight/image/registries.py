"""What registries say of images: which digest a tag names now, and whether a digest is there.

The protocol is that of https://github.com/opencontainers/distribution-spec/blob/main/spec.md, with
the anonymous tokens of https://distribution.github.io/distribution/spec/auth/token/. Only manifests
are asked for; nothing is pulled. Who wants a sign-in is not asked further.
"""

from __future__ import annotations

import http.client
import json
import re
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from funcyard.oci.distribution import (
    ACCEPTED,
    LARGEST,
    UNAUTHORIZED,
    Challenge,
    Manifest,
    host_of,
    read_challenge,
    read_manifest,
)
from funcyard.oci.distribution import refused as told_by

if TYPE_CHECKING:
    from email.message import Message

    from funcyard.oci.reference import Reference

PATIENCE = 20.0
"""Seconds for one answer."""

_LOOPBACK = re.compile(r"(?:localhost|127(?:\.\d+){3})(?::\d+)?")


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
                    self._known[name, wanted] = told_by(host_of(name)[0], refused.code)
            except (OSError, http.client.HTTPException, ValueError) as fault:
                reason = fault.reason if isinstance(fault, urllib.error.URLError) else fault
                told = f"{host_of(name)[0]} cannot be asked: {reason or type(fault).__name__}"
                self._known[name, wanted] = Manifest(failure=told)
        return self._known[name, wanted]


def _manifest(name: str, wanted: str, patience: float) -> Manifest:
    host, repository = host_of(name)
    scheme = "http" if _LOOPBACK.fullmatch(host) else "https"
    address = f"{scheme}://{host}/v2/{repository}/manifests/{wanted}"
    token = ""
    try:
        headers, body = _get(address, token, patience)
    except urllib.error.HTTPError as refused:
        challenge = read_challenge(refused.headers.get("www-authenticate", ""))
        if refused.code != UNAUTHORIZED or challenge is None:
            raise
        refused.close()
        token = _token(challenge, repository, patience)
        headers, body = _get(address, token, patience)
    return read_manifest(headers.get("docker-content-digest"), body)


def _token(challenge: Challenge, repository: str, patience: float) -> str:
    """Return a token for anybody, as a registry's challenge says where to get one."""
    parts = urlsplit(challenge.realm)
    if parts.scheme != "https" and not _LOOPBACK.fullmatch(parts.netloc):
        raise ValueError("its sign-in is none of HTTPS")
    query = {"service": challenge.service} if challenge.service else {}
    query["scope"] = challenge.scope or f"repository:{repository}:pull"
    mark = "&" if parts.query else "?"
    _, body = _get(f"{challenge.realm}{mark}{urlencode(query)}", "", patience)
    document: Any = json.loads(body)
    found = document.get("token") or document.get("access_token")
    return str(found) if found else ""


def _get(address: str, token: str, patience: float) -> tuple[Message, bytes]:
    accepted = {"Accept": ", ".join(ACCEPTED)}
    request = urllib.request.Request(address, headers=accepted)  # noqa: S310 - https, or http here
    if token:
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=patience) as answer:  # noqa: S310 - as above
        return answer.headers, answer.read(LARGEST)
