"""What registries say of images: which digest a tag names now, and whether a digest is there.

The protocol is that of https://github.com/opencontainers/distribution-spec/blob/main/spec.md, with
the anonymous tokens of https://distribution.github.io/distribution/spec/auth/token/. Only manifests
are asked for; nothing is pulled. Who wants a sign-in is not asked further; who is busy is asked
again when they say, for a minute in all.
"""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.error
import urllib.request
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from azure.core.utils import CaseInsensitiveDict

from funcyard.azure.patience import Patience, busy_words
from funcyard.azure.retry_after import later, retry_after, will_pass
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
    from collections.abc import Mapping
    from email.message import Message

    from funcyard.oci.reference import Reference

PATIENCE = 20.0
"""Seconds for one answer."""

_LOOPBACK = re.compile(r"(?:localhost|127(?:\.\d+){3})(?::\d+)?")


class Registries:
    """Asks registries, each question once.

    Args:
        busy: Waits where they are busy; None for not at all.
        patience: Seconds for one answer.
    """

    def __init__(self, busy: Patience | None = None, patience: float = PATIENCE) -> None:
        self._busy = busy or Patience()
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
                self._known[name, wanted] = self._manifest(name, wanted)
            except urllib.error.HTTPError as refused:
                with refused:
                    self._known[name, wanted] = _refused(name, refused)
            except (OSError, http.client.HTTPException, ValueError) as fault:
                reason = fault.reason if isinstance(fault, urllib.error.URLError) else fault
                told = f"{host_of(name)[0]} cannot be asked: {reason or type(fault).__name__}"
                self._known[name, wanted] = Manifest(failure=told)
        return self._known[name, wanted]

    def _manifest(self, name: str, wanted: str) -> Manifest:
        host, repository = host_of(name)
        scheme = "http" if _LOOPBACK.fullmatch(host) else "https"
        address = f"{scheme}://{host}/v2/{repository}/manifests/{wanted}"
        try:
            headers, body = self._get(address)
        except urllib.error.HTTPError as refused:
            challenge = read_challenge(refused.headers.get("www-authenticate", ""))
            if refused.code != UNAUTHORIZED or challenge is None:
                raise
            refused.close()
            headers, body = self._get(address, self._token(challenge, repository))
        return read_manifest(headers.get("docker-content-digest"), body)

    def _token(self, challenge: Challenge, repository: str) -> str:
        """Return a token for anybody, as a registry's challenge says where to get one."""
        parts = urlsplit(challenge.realm)
        if parts.scheme != "https" and not _LOOPBACK.fullmatch(parts.netloc):
            raise ValueError("its sign-in is none of HTTPS")
        query = {"service": challenge.service} if challenge.service else {}
        query["scope"] = challenge.scope or f"repository:{repository}:pull"
        mark = "&" if parts.query else "?"
        _, body = self._get(f"{challenge.realm}{mark}{urlencode(query)}")
        document: Any = json.loads(body)
        found = document.get("token") or document.get("access_token")
        return str(found) if found else ""

    def _get(self, address: str, token: str = "") -> tuple[Message, bytes]:
        """Return an answer: the last, where it was asked for again."""
        number = 0
        while True:
            try:
                return _get(address, token, self._patience)
            except urllib.error.HTTPError as refused:
                if not will_pass(refused.code):
                    raise
                number += 1
                why = busy_words(refused.code, urlsplit(address).netloc)
                pause = self._busy.taken(number, retry_after(_headers(refused)), why)
                if pause is None:
                    raise
                refused.close()
                time.sleep(pause)


def _refused(name: str, refused: urllib.error.HTTPError) -> Manifest:
    """Return what a refusal says of an image, and when to try again where that may help."""
    told = told_by(host_of(name)[0], refused.code)
    if not will_pass(refused.code):
        return told
    return replace(told, failure=f"{told.failure}: {later(_headers(refused))}")


def _headers(refused: urllib.error.HTTPError) -> Mapping[str, str]:
    return CaseInsensitiveDict(refused.headers.items())


def _get(address: str, token: str, patience: float) -> tuple[Message, bytes]:
    accepted = {"Accept": ", ".join(ACCEPTED)}
    request = urllib.request.Request(address, headers=accepted)  # noqa: S310 - https, or http here
    if token:
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=patience) as answer:  # noqa: S310 - as above
        return answer.headers, answer.read(LARGEST)
