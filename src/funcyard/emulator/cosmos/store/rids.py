"""Resource ids: by which Cosmos DB tells apart what had one name at different times.

A container's begins with its database's, an item's with its container's.
"""

from __future__ import annotations

import base64
import os
import uuid
from typing import Final

_PART_BYTES: Final = 4
_NUMBER_BYTES: Final = 8
_OF_CONTAINERS: Final = 0x80
_LARGEST: Final = 2**63 - 1


def of_database() -> str:
    """Return a new one of a database."""
    return _told(os.urandom(_PART_BYTES))


def of_container(database: str) -> str:
    """Return a new one of a container."""
    part = os.urandom(_PART_BYTES)
    return _told(_bytes(database) + bytes([part[0] | _OF_CONTAINERS]) + part[1:])


def of_item(container: str, number: int) -> str:
    """Return that of the item of a number."""
    return _told(_bytes(container) + number.to_bytes(_NUMBER_BYTES, "little"))


def number_of(item: str) -> int:
    """Return the number of the item of a resource id; 0 where it is none's."""
    try:
        content = _bytes(item)
    except ValueError:
        return 0
    return int.from_bytes(content[-_NUMBER_BYTES:], "little") & _LARGEST


def of_offer() -> str:
    """Return a new one of an offer."""
    return _told(os.urandom(_PART_BYTES - 1))


def new_etag() -> str:
    """Return what marks a change."""
    return f'"{uuid.uuid4()}"'


def _told(content: bytes) -> str:
    return base64.b64encode(content, b"+-").decode()


def _bytes(rid: str) -> bytes:
    return base64.b64decode(rid, b"+-")
