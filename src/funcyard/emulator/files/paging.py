"""Pages of a listing: where one begins, where it ends, and the marker of the next.

A marker holds the key of the last item that was listed, so that items that come or go meanwhile
make none appear twice and none be missed.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from funcyard.emulator.files.errors import StorageError, bad_query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LARGEST_PAGE: Final = 5000
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[_Item]):
    """A part of a listing, and the marker of what follows; empty at its end."""

    items: Sequence[_Item]
    next_marker: str


def page_of(
    query: Mapping[str, str],
    items: Sequence[_Item],
    key: Callable[[_Item], tuple[str, ...]],
    *,
    whole: bool = False,
) -> Page[_Item]:
    """Return the page that ``marker`` and ``maxresults`` ask for.

    Args:
        query: The request's parameters.
        items: All there are, sorted by their keys.
        key: Of an item.
        whole: Whether everything is one page.

    Raises:
        StorageError: The marker is none of ours, or the number out of range.
    """
    size = len(items) if whole else page_size(query)
    if marker := query.get("marker"):
        after = _read(marker)
        items = [item for item in items if key(item) > after]
    page = items[:size]
    more = len(items) > size
    return Page(page, _write(key(page[-1])) if more else "")


def page_size(query: Mapping[str, str]) -> int:
    """Return how many items a page may have.

    Raises:
        StorageError: ``maxresults`` is no number or less than 1.
    """
    asked = query.get("maxresults")
    if asked is None:
        return LARGEST_PAGE
    if not asked.isascii() or not asked.isdigit():
        raise bad_query("maxresults", asked)
    if int(asked[:9]) < 1:
        raise StorageError(
            "OutOfRangeQueryParameterValue",
            QueryParameterName="maxresults",
            QueryParameterValue=asked,
            MinimumAllowed="1",
            MaximumAllowed=str(LARGEST_PAGE),
        )
    return min(int(asked[:9]), LARGEST_PAGE)


def _write(key: tuple[str, ...]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _read(marker: str) -> tuple[str, ...]:
    try:
        key = json.loads(base64.urlsafe_b64decode(marker.encode()))
    except (binascii.Error, ValueError):
        raise bad_query("marker", marker) from None
    if not isinstance(key, list) or not all(isinstance(part, str) for part in key):
        raise bad_query("marker", marker)
    return tuple(key)
