"""Shared Key and Shared Key Lite: the string that a request's signature is made of.

From "Authorize with Shared Key". Of the headers' order the reference says only "sorted"; clients
sort them by code point or, as the service once did, with hyphens of no weight. A signature over
either order is over the same headers, so either is taken.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.emulator.files.request import Request

_SIGNED: Final = (
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
)


def sign(key: str, text: str) -> str:
    """Return the base64 HMAC-SHA256 of a text under a base64 key."""
    digest = hmac.new(base64.b64decode(key), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def equal(given: str, expected: str) -> bool:
    """Compare two base64 signatures in constant time."""
    try:
        return hmac.compare_digest(
            base64.b64decode(given, validate=True), base64.b64decode(expected)
        )
    except (binascii.Error, ValueError):
        return False


def shared_key_strings(request: Request, account: str) -> Iterator[str]:
    """Yield the strings that Shared Key may have signed."""
    headers = dict(request.headers)
    if headers.get("content-length") == "0":
        del headers["content-length"]
    if "x-ms-date" in headers:
        headers.pop("date", None)
    lines = [request.method, *(headers.get(name, "") for name in _SIGNED)]
    resource = f"/{account}{request.raw_path}" + "".join(
        f"\n{name}:{value}" for name, value in sorted(request.query.items())
    )
    for block in _header_blocks(request):
        yield "\n".join([*lines, block + resource])


def shared_key_lite_strings(request: Request, account: str) -> Iterator[str]:
    """Yield the strings that Shared Key Lite may have signed."""
    headers = request.headers
    date = "" if "x-ms-date" in headers else headers.get("date", "")
    lines = [request.method, headers.get("content-md5", ""), headers.get("content-type", ""), date]
    resource = f"/{account}{request.raw_path}"
    if comp := request.query.get("comp"):
        resource += f"?comp={comp}"
    for block in _header_blocks(request):
        yield "\n".join([*lines, block + resource])


def query_of(raw: str) -> dict[str, str]:
    """Return a query's parameters as they are signed: names in lower case, values decoded.

    A plus is a plus: clients of the service write spaces as ``%20``.
    """
    values: dict[str, list[str]] = {}
    for pair in raw.split("&"):
        name, _, value = pair.partition("=")
        if name:
            values.setdefault(unquote(name).lower(), []).append(unquote(value))
    return {name: ",".join(sorted(several)) for name, several in values.items()}


def _header_blocks(request: Request) -> Iterator[str]:
    ours = {name: value for name, value in request.headers.items() if name.startswith("x-ms-")}
    by_code = sorted(ours)
    by_weight = sorted(ours, key=lambda name: (name.replace("-", "").replace("_", "!"), name))
    for order in [by_code] if by_code == by_weight else [by_code, by_weight]:
        yield "".join(f"{name}:{ours[name].strip()}\n" for name in order)
