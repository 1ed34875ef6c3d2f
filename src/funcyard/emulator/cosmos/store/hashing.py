"""Where a partition key lies among all: its hash, by which ranges of partitions are told.

Of version 2, as all newer containers have it: MurmurHash3 (128 bits, x64) of the value's bytes,
the two highest bits cleared, in hexadecimal; so each lies between nothing and ``FF``.
"""

from __future__ import annotations

import json
import struct
from functools import lru_cache
from typing import Final

_MASK: Final = 2**64 - 1
_FIRST: Final = 0x87C37B91114253D5
_SECOND: Final = 0x4CF5AD432745937F
_BLOCK: Final = 16
_MARKS: Final = {"undefined": 0, "null": 1, "false": 2, "true": 3}
_NUMBER: Final = 5
_TEXT: Final = 8
_END_OF_TEXT: Final = 0xFF


@lru_cache(maxsize=4096)
def effective(partition: str) -> str:
    """Return the place of a partition among all.

    Args:
        partition: Its key's value, written in one way.
    """
    low, high = murmur(_bytes(partition))
    made = bytearray(high.to_bytes(8, "big") + low.to_bytes(8, "big"))
    made[0] &= 0x3F
    return made.hex().upper()


def murmur(content: bytes) -> tuple[int, int]:
    """Return MurmurHash3 (x64, 128 bits, seed 0) of bytes, the lower half first."""
    low = high = 0
    whole = len(content) // _BLOCK * _BLOCK
    for at in range(0, whole, _BLOCK):
        one, other = struct.unpack_from("<QQ", content, at)
        low ^= _mixed(one, _FIRST, 31, _SECOND)
        low = (_turned(low, 27) + high) * 5 + 0x52DCE729 & _MASK
        high ^= _mixed(other, _SECOND, 33, _FIRST)
        high = (_turned(high, 31) + low) * 5 + 0x38495AB5 & _MASK
    one, other = struct.unpack("<QQ", content[whole:].ljust(_BLOCK, b"\0"))
    high ^= _mixed(other, _SECOND, 33, _FIRST)
    low ^= _mixed(one, _FIRST, 31, _SECOND)
    low, high = low ^ len(content), high ^ len(content)
    low = low + high & _MASK
    high = high + low & _MASK
    low, high = _finished(low), _finished(high)
    low = low + high & _MASK
    return low, high + low & _MASK


def _bytes(partition: str) -> bytes:
    if partition in _MARKS:
        return bytes([_MARKS[partition]])
    value = json.loads(partition)
    if isinstance(value, str):
        text = value.encode(errors="surrogatepass")
        return bytes([_TEXT, *text, _END_OF_TEXT])
    return bytes([_NUMBER]) + struct.pack("<d", float(value))


def _mixed(value: int, by: int, turns: int, then: int) -> int:
    return _turned(value * by & _MASK, turns) * then & _MASK


def _turned(value: int, turns: int) -> int:
    return (value << turns | value >> 64 - turns) & _MASK


def _finished(value: int) -> int:
    value = (value ^ value >> 33) * 0xFF51AFD7ED558CCD & _MASK
    value = (value ^ value >> 33) * 0xC4CEB9FE1A85EC53 & _MASK
    return value ^ value >> 33
