"""``If-Match``, ``If-None-Match`` and ``Accept``, as RFC 9110 has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.workspace.conditions import Condition
from request_errors import BadRequestError

if TYPE_CHECKING:
    from web import Request

_BLANK: Final = " \t"
_ELEMENT: Final = re.compile(
    r"""[ \t]*+(?P<tag>(?P<weak>W/)?"(?P<opaque>[!#-~\x80-\xff]*)")?[ \t]*+(?:,|\Z)"""
)
"""Of a list of ETags, with the comma behind it: RFC 9110, sections 5.6.1.2 and 8.8.3."""


def condition_of(request: Request) -> Condition:
    """Return what must hold of what is to be changed.

    In ``If-Match`` a weak tag never matches: RFC 9110, section 13.1.1.

    Raises:
        BadRequestError: One of the headers names no ETag, or something else.
    """
    match = _tags(request, "If-Match", weak=False)
    return Condition(match, _tags(request, "If-None-Match", weak=True) or ())


def quoted(etag: str) -> str:
    """Return an ETag as the header has it."""
    return f'"{etag}"'


def is_known(request: Request, etag: str) -> bool:
    """Whether the caller has that content already.

    Raises:
        BadRequestError: ``If-None-Match`` names no ETag, or something else.
    """
    tags = _tags(request, "If-None-Match", weak=True) or ()
    return "*" in tags or etag in tags


def prefers_raw(request: Request) -> str | None:
    """Return the raw media type that the caller would rather have than JSON, None for JSON."""
    best, weight = None, 0.0
    for part in ",".join(request.headers.getlist("accept")).split(","):
        kind, *rest = (piece.strip().lower() for piece in part.split(";"))
        quality = next((_quality(one) for one in rest if one.startswith("q=")), 1.0)
        if kind in {"application/json", "application/*", "*/*"} and quality >= weight:
            best, weight = None, quality
        elif kind in {"text/plain", "application/octet-stream"} and quality > weight:
            best, weight = kind, quality
    return best


def _tags(request: Request, name: str, *, weak: bool) -> frozenset[str] | None:
    """Return the ETags that a header names, None where it is not there.

    Args:
        request: As it came.
        name: The header's.
        weak: Whether weak ones count.

    Raises:
        BadRequestError: It names none, or something else: what would be done without it is not
            what is meant.
    """
    if name not in request.headers:
        return None
    text = ",".join(request.headers.getlist(name)).strip(_BLANK)
    if text == "*":
        return frozenset({"*"})
    found: list[re.Match[str]] = []
    at = 0
    while at < len(text):
        element = _ELEMENT.match(text, at)
        if element is None:
            found.clear()
            break
        if element["tag"]:
            found.append(element)
        at = element.end()
    if not found:
        raise BadRequestError.of(name, 'is * or ETags as they were told: "ONE", "OTHER"')
    return frozenset(
        one["opaque"] for one in found if (weak or not one["weak"]) and one["opaque"] != "*"
    )


def _quality(text: str) -> float:
    try:
        return float(text[2:])
    except ValueError:
        return 0.0
