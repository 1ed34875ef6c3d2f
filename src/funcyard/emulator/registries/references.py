"""How images are named: repositories, tags, digests, and references made of them.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from funcyard.errors import UsageError

_PART: Final = "[a-z0-9]+(?:(?:[.]|_{1,2}|-+)[a-z0-9]+)*"
_REPOSITORY: Final = re.compile(f"{_PART}(?:/{_PART})*")
_TAG: Final = re.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
_DIGEST: Final = re.compile("sha256:[a-f0-9]{64}")
_SERVER: Final = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?")
_LONGEST_NAME: Final = 255
_PUBLIC: Final = "docker.io"
_LATEST: Final = "latest"


class ImageReferenceError(UsageError):
    """What should name an image does not."""

    code = "bad-image-reference"


@dataclass(frozen=True, slots=True)
class Reference:
    """Where an image is.

    Attributes:
        server: Host and port of its registry.
        repository: In that.
        version: A tag or a digest.
    """

    server: str
    repository: str
    version: str

    def __str__(self) -> str:
        mark = "@" if is_digest(self.version) else ":"
        return f"{self.server}/{self.repository}{mark}{self.version}"


def read_reference(text: str) -> Reference:
    """Return what a text names, with what is left out: Docker Hub, and the tag ``latest``.

    Raises:
        ImageReferenceError: It names no image.
    """
    first, mark, rest = text.partition("/")
    is_server = mark and (first == "localhost" or any(one in first for one in ".:"))
    server, name = (first, rest) if is_server else (_PUBLIC, text)
    name, mark, digest = name.partition("@")
    head, _, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    repository = f"{head}/{last}" if head else last
    if server == _PUBLIC and "/" not in repository:
        repository = f"library/{repository}"
    good = is_repository(repository) and _SERVER.fullmatch(server)
    if not good or (mark and not is_digest(digest)) or (not mark and tag and not is_tag(tag)):
        raise ImageReferenceError(
            f"{text!r} names no image",
            hint="SERVER/REPOSITORY:TAG, in lower case but for the tag",
        )
    return Reference(server, repository, digest or tag or _LATEST)


def is_repository(text: str) -> bool:
    """Whether a repository can be called something."""
    return len(text) <= _LONGEST_NAME and _REPOSITORY.fullmatch(text) is not None


def is_tag(text: str) -> bool:
    """Whether a text is a tag."""
    return _TAG.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """Whether a text is a digest of the kind that is used here."""
    return _DIGEST.fullmatch(text) is not None


def digest_of(content: bytes) -> str:
    """Return the digest of a content."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
