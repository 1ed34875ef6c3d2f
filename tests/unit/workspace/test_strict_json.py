"""JSON is read in one way only: what two readers could take differently is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.workspace import strict_json

_TEXT = st.text(st.characters(codec="utf-8"), max_size=5)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(_JSON)
def test_what_is_json_is_read_as_it_is_meant(value: object) -> None:
    assert strict_json.read(json.dumps(value).encode()) == value
    raw = b"\xef\xbb\xbf" + json.dumps(value, ensure_ascii=False).encode()
    assert strict_json.read(raw) == value


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b'{"a": 1, "a": 1}', "a"),
        (b'{"a": 1, "\\u0061": 2}', "a"),
        (b'[{"b": {"c": 1, "d": 2, "c": 3}}]', "c"),
        (b'{"": 1, "": 2}', ""),
        (b'{"%b": 1, "%b": 2}' % (b"x" * 200, b"x" * 200), "x" * 100),
    ],
)
def test_a_key_that_is_there_twice_is_refused_by_its_name(content: bytes, key: str) -> None:
    with pytest.raises(strict_json.StrictJsonError) as told:
        strict_json.read(content)
    assert str(told.value) == f"the key {key!a} is there more than once in one object"
    assert told.value.key == key


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_a_number_is_finite(number: str) -> None:
    with pytest.raises(strict_json.StrictJsonError, match=r"number|value") as told:
        strict_json.read(f'{{"a": [{number}]}}'.encode())
    assert told.value.key is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_it_is_utf_8_and_nothing_else(encoding: str) -> None:
    with pytest.raises(strict_json.StrictJsonError):
        strict_json.read('{"a": "\N{LATIN SMALL LETTER U WITH DIAERESIS}"}'.encode(encoding))


@pytest.mark.parametrize("content", [b"", b"{", b"{} {}", b"[" * 100_000, b'"\xed\xa0\x80"'])
def test_what_is_none_is_told(content: bytes) -> None:
    with pytest.raises(strict_json.StrictJsonError) as told:
        strict_json.read(content)
    assert str(told.value)


def test_a_number_that_is_too_long_is_told_without_our_insides() -> None:
    with pytest.raises(strict_json.StrictJsonError, match="a number has too many digits"):
        strict_json.read(b"9" * 5000)
