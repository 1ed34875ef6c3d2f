"""Values of AMQP 1.0: all that may come are read, those that a hub says are written.

https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-types-v1.0-os.html
"""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_LEVELS: Final = 16
_NULL, _TRUE, _FALSE, _BOOLEAN, _DESCRIBED = 0x40, 0x41, 0x42, 0x56, 0x00
_EMPTY_LIST: Final = 0x45
_CONSTANTS: Final = {_NULL: None, _TRUE: True, _FALSE: False, 0x43: 0, 0x44: 0}
_NUMBERS: Final = {
    0x50: ">B",
    0x51: ">b",
    0x52: ">B",
    0x53: ">B",
    0x54: ">b",
    0x55: ">b",
    0x60: ">H",
    0x61: ">h",
    0x70: ">I",
    0x71: ">i",
    0x72: ">f",
    0x80: ">Q",
    0x81: ">q",
    0x82: ">d",
    0x83: ">q",
}
_UUID: Final = 0x98
_BYTES: Final = {0x73: 4, 0x74: 4, 0x84: 8, 0x94: 16, _UUID: 16}
_SIZED: Final = {0xA0: 1, 0xB0: 4, 0xA1: 1, 0xB1: 4, 0xA3: 1, 0xB3: 4}
_TEXTS: Final = {0xA1: "utf-8", 0xB1: "utf-8", 0xA3: "ascii", 0xB3: "ascii"}
_LISTS: Final = {0xC0: 1, 0xD0: 4}
_MAPS: Final = {0xC1: 1, 0xD1: 4}
_ARRAYS: Final = {0xE0: 1, 0xF0: 4}


class BadValueError(Exception):
    """What came is no value of AMQP."""


@dataclass(frozen=True, slots=True)
class Described:
    """A value with what it means.

    Attributes:
        code: The number, or the name, of its meaning.
        value: Itself.
    """

    code: Any
    value: Any


class Symbol(str):
    """A text of ASCII that names something."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class UInt:
    """A number without a sign, of 32 bits."""

    value: int


@dataclass(frozen=True, slots=True)
class ULong:
    """A number without a sign, of 64 bits."""

    value: int


@dataclass(frozen=True, slots=True)
class UByte:
    """A number without a sign, of 8 bits."""

    value: int


@dataclass(frozen=True, slots=True)
class UShort:
    """A number without a sign, of 16 bits."""

    value: int


@dataclass(frozen=True, slots=True)
class Array:
    """Symbols, one after another."""

    values: list[Symbol]


class Reader:
    """Values, one after another.

    Args:
        data: All of them.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        """Whether no value follows."""
        return self._at >= len(self._data)

    def rest(self) -> bytes:
        """Return what follows as it is."""
        found = self._data[self._at :]
        self._at = len(self._data)
        return found

    def value(self, level: int = 0) -> Any:  # noqa: ANN401 - of any type
        """Return the next value.

        Raises:
            BadValueError: It is none.
        """
        if level > _MOST_LEVELS:
            raise BadValueError("values are nested too deeply")
        code = self._take(1)[0]
        if code == _DESCRIBED:
            return Described(self.value(level + 1), self.value(level + 1))
        return self._of(code, level)

    def _of(self, code: int, level: int) -> Any:  # noqa: ANN401 - of any type
        if code in _CONSTANTS:
            return _CONSTANTS[code]
        if code == _EMPTY_LIST:
            return []
        if code == _BOOLEAN:
            return bool(self._take(1)[0])
        if code in _NUMBERS or code in _BYTES:
            return self._fixed(code)
        return self._sized(code) if code in _SIZED else self._compound(code, level)

    def _fixed(self, code: int) -> Any:  # noqa: ANN401 - of any type
        if code in _NUMBERS:
            shape = _NUMBERS[code]
            return struct.unpack(shape, self._take(struct.calcsize(shape)))[0]
        found = self._take(_BYTES[code])
        return uuid.UUID(bytes=found) if code == _UUID else found

    def _sized(self, code: int) -> Any:  # noqa: ANN401 - of any type
        found = self._take(int.from_bytes(self._take(_SIZED[code])))
        if code not in _TEXTS:
            return found
        try:
            return found.decode(_TEXTS[code])
        except UnicodeDecodeError:
            raise BadValueError("a text is not in its encoding") from None

    def _compound(self, code: int, level: int) -> Any:  # noqa: ANN401 - of any type
        width = (_LISTS | _MAPS | _ARRAYS).get(code)
        if width is None:
            raise BadValueError(f"no value begins with {code:#x}")
        inner = Reader(self._take(int.from_bytes(self._take(width))))
        count = int.from_bytes(inner._take(width))
        if count > len(inner._data):
            raise BadValueError("a compound is shorter than it says")
        if code in _ARRAYS:
            return inner._array(count, level + 1)
        values = [inner.value(level + 1) for _ in range(count)]
        if code in _LISTS:
            return values
        try:
            return dict(zip(values[::2], values[1::2], strict=True))
        except (TypeError, ValueError):
            raise BadValueError("a map has no such keys") from None

    def _array(self, count: int, level: int) -> list[Any]:
        if level > _MOST_LEVELS:
            raise BadValueError("values are nested too deeply")
        code = self._take(1)[0]
        if code == _DESCRIBED:
            self.value(level)
            code = self._take(1)[0]
        return [self._of(code, level) for _ in range(count)]

    def _take(self, count: int) -> bytes:
        found = self._data[self._at : self._at + count]
        if len(found) < count:
            raise BadValueError("a value is shorter than it says")
        self._at += count
        return found


def written(value: Any) -> bytes:  # noqa: ANN401 - of any type
    """Return a value as AMQP writes it.

    Raises:
        BadValueError: It is of no type that is written, or too large for its own.
    """
    try:
        return _written(value)
    except (struct.error, OverflowError, TypeError, ValueError):
        raise BadValueError(f"a {type(value).__name__} is not written") from None


def _written(value: Any) -> bytes:  # noqa: ANN401 - of any type
    if value is None:
        return bytes((_NULL,))
    if isinstance(value, bool):
        return bytes((_TRUE if value else _FALSE,))
    for kind, write in _WRITERS.items():
        if isinstance(value, kind):
            return write(value)
    raise BadValueError(f"{type(value)} is not written")


def _described(value: Described) -> bytes:
    return bytes((_DESCRIBED, 0x53, value.code)) + written(value.value)


def _list(values: list[Any]) -> bytes:
    body = b"".join(map(written, values))
    return b"\xd0" + struct.pack(">II", len(body) + 4, len(values)) + body


def _map(values: dict[Any, Any]) -> bytes:
    body = b"".join(written(name) + written(value) for name, value in values.items())
    return b"\xd1" + struct.pack(">II", len(body) + 4, 2 * len(values)) + body


def _array(value: Array) -> bytes:
    body = b"".join(bytes((len(one),)) + one.encode("ascii") for one in value.values)
    return b"\xf0" + struct.pack(">IIB", len(body) + 5, len(value.values), 0xA3) + body


def _with_size(code: int, data: bytes) -> bytes:
    return bytes((code,)) + struct.pack(">I", len(data)) + data


_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    Described: _described,
    Array: _array,
    UInt: lambda value: b"\x70" + struct.pack(">I", value.value),
    ULong: lambda value: b"\x80" + struct.pack(">Q", value.value),
    UShort: lambda value: b"\x60" + struct.pack(">H", value.value),
    UByte: lambda value: b"\x50" + struct.pack(">B", value.value),
    int: lambda value: b"\x71" + struct.pack(">i", value),
    uuid.UUID: lambda value: bytes((_UUID,)) + value.bytes,
    Symbol: lambda value: _with_size(0xB3, value.encode("ascii")),
    str: lambda value: _with_size(0xB1, value.encode()),
    bytes: lambda value: _with_size(0xB0, value),
    list: _list,
    dict: _map,
}
