"""Partition keys: of items, and of requests that name one in a header."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.cosmos.data import documents, errors
from funcyard.emulator.cosmos.sql.values import UNDEFINED, canonical
from funcyard.emulator.cosmos.store.records import value_at

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.cosmos.store.records import Container
    from funcyard.emulator.http import Request

HEADER: Final = "x-ms-documentdb-partitionkey"
_LARGEST: Final = 2048


def of_body(container: Container, body: Json) -> str:
    """Return the partition that an item belongs to; an object or an array is no key.

    Raises:
        DataError: Its key is too large.
    """
    value = value_at(body, container.partition_path)
    if isinstance(value, dict | list):
        value = UNDEFINED
    if isinstance(value, str) and len(value.encode(errors="surrogatepass")) > _LARGEST:
        raise errors.bad(f"A partition key has at most {_LARGEST} bytes.")
    return canonical(value)


def of_request(request: Request) -> str | None:
    """Return the partition that a request names; None where it names none.

    Raises:
        DataError: What it names is none.
    """
    text = request.headers.get(HEADER)
    if text is None:
        return None
    try:
        found = documents.values(text)
    except ValueError:
        found = None
    if not isinstance(found, list) or len(found) > 1:
        raise errors.bad(f"The partition key {text[:80]!r} is not supported: it is one value.")
    value = found[0] if found else UNDEFINED
    if value == {}:
        value = UNDEFINED
    if isinstance(value, dict | list):
        raise errors.bad(f"The partition key {text[:80]!r} is invalid.")
    return canonical(value)


def needed(request: Request) -> str:
    """Return the partition that a request must name.

    Raises:
        DataError: It names none.
    """
    found = of_request(request)
    if found is None:
        raise errors.bad("PartitionKey value must be supplied for this operation.")
    return found
