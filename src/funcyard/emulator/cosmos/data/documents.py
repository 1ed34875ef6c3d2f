"""Bodies of requests, read; names and sizes of items, held against the service's limits.

https://learn.microsoft.com/azure/cosmos-db/concepts-limits#per-item-limits
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.cosmos.data import errors
from funcyard.emulator.cosmos.definitions import LONGEST_TTL
from funcyard.emulator.cosmos.sql.values import UNDEFINED, number

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json

LARGEST: Final = 2 * 1024 * 1024
_LONGEST_ID: Final = 1023
_DEEPEST: Final = 128
_ILLEGAL: Final = re.compile(r"[/\\?#\x00\ud800-\udfff]")
_OWN: Final = ("_rid", "_self", "_etag", "_attachments", "_ts")


def read(content: bytes) -> Any:  # noqa: ANN401 - JSON
    """Return what a body says, its numbers as doubles have them.

    Raises:
        DataError: It is too large, nested too deep, or no JSON.
    """
    if len(content) > LARGEST:
        raise errors.too_large()
    try:
        found = values(content)
    except ValueError as fault:
        raise errors.bad(f"The request payload is invalid. Ensure it is JSON: {fault}.") from None
    _check_depth(found, _DEEPEST)
    return found


def values(text: bytes | str) -> Any:  # noqa: ANN401 - JSON
    """Return what JSON says, its numbers as doubles have them.

    Raises:
        ValueError: It is none.
    """
    try:
        return json.loads(text, parse_int=_number, parse_float=_number, parse_constant=_constant)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def read_object(content: bytes) -> Json:
    """Return what a body says, which is an object.

    Raises:
        DataError: It is none.
    """
    found = read(content)
    if not isinstance(found, dict):
        raise errors.bad("The request payload is invalid: it is no object.")
    return found


def item_body(given: object) -> Json:
    """Return an item as its writer gave it, without what the service adds.

    Raises:
        DataError: It can be none.
    """
    if not isinstance(given, dict):
        raise errors.bad("The request payload is invalid: an item is an object.")
    body = {name: value for name, value in given.items() if name not in _OWN}
    _check_depth(body, _DEEPEST)
    check_id(body.get("id"))
    ttl = body.get("ttl")
    is_whole = type(ttl) is int and (ttl == -1 or 0 < ttl <= LONGEST_TTL)
    if "ttl" in body and not is_whole:
        raise errors.bad(
            f"The input ttl '{ttl}' is invalid. Ensure to provide a nonzero positive integer less"
            f" than or equal to '{LONGEST_TTL}', or -1."
        )
    if len(json.dumps(body, ensure_ascii=False).encode(errors="surrogatepass")) > LARGEST:
        raise errors.too_large()
    return body


def check_id(name: object) -> str:
    """Return the id of an item.

    Raises:
        DataError: It is none.
    """
    if not isinstance(name, str) or not name:
        raise errors.bad(
            "The input content is invalid because the required properties - 'id; ' - are missing"
        )
    if _ILLEGAL.search(name):
        raise errors.bad(f"Id contains illegal chars: {name[:80]!r}.")
    if len(name.encode()) > _LONGEST_ID:
        raise errors.bad(
            "The id has too many bytes. Ensure to provide a unique non-empty string less than"
            " '1024' characters."
        )
    return name


def _number(text: str) -> Any:  # noqa: ANN401 - a number
    found = number(float(text))
    if found is UNDEFINED:
        raise ValueError(f"{text[:40]} is no number of 64 bits")
    return found


def _constant(text: str) -> Any:  # noqa: ANN401 - nothing
    raise ValueError(f"{text} is no value")


def _check_depth(value: object, left: int) -> None:
    if left < 0:
        raise errors.bad(f"The request payload is nested deeper than {_DEEPEST} levels.")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        _check_depth(one, left - 1)
