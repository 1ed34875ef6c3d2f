"""Values of AMQP are read as they are written, and whatever else comes is refused."""

from __future__ import annotations

import contextlib
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.emulator.iothub.amqp.types import (
    Array,
    BadValueError,
    Described,
    Reader,
    Symbol,
    UByte,
    UInt,
    ULong,
    UShort,
    written,
)

_TEXTS = st.text(st.characters(codec="utf-8"), max_size=300)
_SCALARS = st.none() | st.booleans() | st.integers(-(2**31), 2**31 - 1) | st.binary() | _TEXTS
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=10,
)


@given(_VALUES)
def test_a_value_is_read_as_it_was_written(value: Any) -> None:  # noqa: ANN401 - of any type
    reader = Reader(written(value))
    assert reader.value() == value
    assert reader.is_at_end


@given(st.binary(max_size=80))
def test_whatever_comes_is_a_value_or_refused(data: bytes) -> None:
    with contextlib.suppress(BadValueError):
        Reader(data).value()


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"\x43", 0),
        (b"\x44", 0),
        (b"\x52\xff", 255),
        (b"\x53\x28", 40),
        (b"\x54\xff", -1),
        (b"\x45", []),
        (b"\x56\x01", True),
        (b"\xa3\x04$cbs", "$cbs"),
        (b"\xc0\x03\x01\xa1\x00", [""]),
        (b"\x83" + (5).to_bytes(8), 5),
        (b"\x98" + bytes(16), uuid.UUID(int=0)),
        (b"\xe0\x04\x02\x53\x01\x02", [1, 2]),
        (b"\x00\x53\x10\x45", Described(0x10, [])),
    ],
)
def test_short_forms_are_read(data: bytes, value: object) -> None:
    assert Reader(data).value() == value


def test_values_with_types_of_their_own_are_written_so() -> None:
    assert written(UInt(1)) == b"\x70\0\0\0\x01"
    assert written(UShort(1)) == b"\x60\0\x01"
    assert written(UByte(1)) == b"\x50\x01"
    assert written(ULong(1)) == b"\x80" + (1).to_bytes(8)
    assert written(Symbol("a")) == b"\xb3\0\0\0\x01a"
    assert Reader(written(Array([Symbol("a"), Symbol("bc")]))).value() == ["a", "bc"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        b"\xa1\x05abc",
        b"\xa1\x01\xff",
        b"\xc1\x02\x01\x43",
        b"\xd0\x00\x00\x00\x04\xff\xff\xff\xff",
        b"\x00" * 40,
    ],
    ids=["nothing", "code", "short", "text", "half a pair", "count", "deep"],
)
def test_what_is_no_value_is_refused(data: bytes) -> None:
    with pytest.raises(BadValueError):
        Reader(data).value()


@pytest.mark.parametrize(
    "value",
    [UInt(-1), UInt(2**32), ULong(-1), UShort(2**16), UByte(256), 2**31, Described("x", 1), 1.5],
)
def test_what_no_value_is_written_as_is_told(value: object) -> None:
    with pytest.raises(BadValueError):
        written(value)


def test_an_identifier_is_written_as_it_is_read() -> None:
    identifier = uuid.UUID(int=5)
    assert Reader(written(identifier)).value() == identifier


def test_arrays_lie_in_each_other_no_deeper_than_anything_else() -> None:
    data = (5).to_bytes(4) + (1).to_bytes(4) + b"\x40"
    for _ in range(3000):
        data = (len(data) + 5).to_bytes(4) + (1).to_bytes(4) + b"\xf0" + data
    with pytest.raises(BadValueError, match="too deeply"):
        Reader(b"\xf0" + data).value()
