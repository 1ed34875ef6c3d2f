"""Lists that come a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.workspace.api.client import ApiClient

_PAGE: Final = 100


def listed(
    api: ApiClient, path: str, name: str, most: int, query: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return the first entries of a list, as many pages of it as that takes.

    Args:
        api: The platform.
        path: Of the list.
        name: What an answer calls its entries.
        most: How many.
        query: Which of them.

    Raises:
        FuncyardError: As :meth:`.ApiClient.opened`.
    """
    found: list[dict[str, Any]] = []
    following = ""
    while len(found) < most:
        limit = str(min(_PAGE, most - len(found)))
        asked = {**(query or {}), "limit": limit, "continuation": following}
        page = api.call("GET", path, query=asked)
        found += page[name]
        following = page.get("continuation") or ""
        if not following:
            break
    return found[:most]
