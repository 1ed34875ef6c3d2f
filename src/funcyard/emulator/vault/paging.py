"""Lists in pages: where a page ends, and the address of the next."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from funcyard.emulator.http import Answer
from funcyard.emulator.vault.errors import bad_parameter
from funcyard.emulator.vault.reading import page_size

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.http import Request

    Items = Callable[[str, int], list[tuple[str, dict[str, Any]]]]


def page(request: Request, url: str, items: Items) -> Answer:
    """Return a page of a list.

    Args:
        request: Says how long a page is, and after which item this one begins.
        url: Of the vault.
        items: From the place of an item, returns as many after it as are wanted, with their places.

    Raises:
        VaultError: The request asks for a page that is none.
    """
    size = page_size(request)
    found = items(_read(request.query.get("$skiptoken", "")), size + 1)
    shown = found[:size]
    more = None
    if len(found) > size:
        query = {
            "api-version": request.query["api-version"],
            "$skiptoken": base64.urlsafe_b64encode(shown[-1][0].encode()).decode(),
            "maxresults": str(size),
        }
        more = f"{url}{quote(request.path)}?{urlencode(query, safe='$=')}"
    return Answer(200, {"value": [item for _, item in shown], "nextLink": more})


def number(place: str) -> int:
    """Return the place of an item in a list that is ordered by numbers.

    Raises:
        VaultError: It is none.
    """
    if not place:
        return 0
    if not place.isascii() or not place.isdigit() or len(place) > len(str(2**62)):
        raise _unknown()
    return int(place)


def _read(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise _unknown() from None


def _unknown() -> Exception:
    return bad_parameter("The $skiptoken is not one that this vault made.")
