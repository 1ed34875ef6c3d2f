"""``If-Match``, ``If-None-Match`` and ``Accept``, as RFC 9110 has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.workspace.conditions import Condition

if TYPE_CHECKING:
    from web import Request

_TAG: Final = re.compile(r'(W/)?"([^"]*)"')


def condition_of(request: Request) -> Condition:
    """Return what must hold of what is to be changed.

    A weak tag never matches: RFC 9110, section 8.8.3.2.
    """
    headers = request.headers
    match = _tags(headers.getlist("if-match"), weak=False) if "if-match" in headers else None
    return Condition(match, _tags(headers.getlist("if-none-match"), weak=True))


def quoted(etag: str) -> str:
    """Return an ETag as the header has it."""
    return f'"{etag}"'


def is_known(request: Request, etag: str) -> bool:
    """Whether the caller has that content already."""
    tags = _tags(request.headers.getlist("if-none-match"), weak=True)
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


def _tags(headers: list[str], *, weak: bool) -> frozenset[str]:
    text = ",".join(headers)
    if text.strip() == "*":
        return frozenset({"*"})
    return frozenset(tag for mark, tag in _TAG.findall(text) if (weak or not mark) and tag != "*")


def _quality(text: str) -> float:
    try:
        return float(text[2:])
    except ValueError:
        return 0.0
