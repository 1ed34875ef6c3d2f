"""Addresses of HTTP that people type: of a platform's API, and where GitHub reaches a platform."""

from __future__ import annotations

from urllib.parse import urlsplit

from funcyard.errors import UsageError


class PublicUrlError(UsageError):
    """GitHub could reach no platform there."""

    code = "workspace-public-url"


def is_word(text: str) -> bool:
    """Whether a text is printable ASCII without spaces."""
    return text.isascii() and text.isprintable() and " " not in text


def is_address(text: str) -> bool:
    """Whether a text is an address of HTTP or HTTPS, without credentials, query and fragment."""
    try:
        parts = urlsplit(text)
        there = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return False
    return bool(there) and is_word(text) and not (parts.username or parts.query or parts.fragment)


def public_url(text: str) -> str:
    """Return where GitHub reaches a platform, as it was given; the empty text for nowhere.

    Raises:
        PublicUrlError: It is no address, or one with a path.
    """
    text = text.rstrip("/")
    if text and (not is_address(text) or urlsplit(text).path):
        raise PublicUrlError(
            f"{text!a} cannot be where GitHub reaches the platform",
            hint="https://HOST[:PORT], without /api",
        )
    return text
