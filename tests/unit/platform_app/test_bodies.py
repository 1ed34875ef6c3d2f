"""Bodies of JSON are read in one way only: what two readers could take differently is refused."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

APP = Path(__file__).parents[3] / "workflows"

if TYPE_CHECKING:
    import bodies
    import request_errors
else:
    sys.path.insert(0, str(APP))  # as the Functions worker has it
    try:
        import bodies
        import request_errors
    finally:
        sys.path.remove(str(APP))

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=3
    ),
    max_leaves=8,
)  # fmt: skip


async def read(body: bytes) -> Any:  # noqa: ANN401 - JSON
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    kind = [(b"content-type", b"application/json; charset=utf-8")]
    return await bodies.json_body(Request({"type": "http", "headers": kind}, receive))


@given(_JSON)
async def test_what_is_json_is_read_as_it_is_meant(value: object) -> None:
    assert await read(json.dumps(value).encode()) == value
    assert await read(b"\xef\xbb\xbf" + json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"a": 1, "a": 1}', "a"),
        (b'{"a": 1, "\\u0061": 2}', "a"),
        (b'{"deep": [{"b": {"c": 1, "d": 2, "c": 3}}]}', "c"),
        (b'{"": 1, "": 2}', ""),
    ],
)
async def test_a_key_that_is_there_twice_is_refused_by_its_name(body: bytes, name: str) -> None:
    with pytest.raises(request_errors.BadRequestError) as told:
        await read(body)
    assert told.value.message == f"the key {name!a} is there more than once in one object"
    assert [one["name"] for one in told.value.faults] == [name]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
async def test_a_number_is_finite(number: str) -> None:
    with pytest.raises(request_errors.BadRequestError, match="the body is no JSON"):
        await read(f'{{"a": [{number}]}}'.encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
async def test_json_is_utf_8_and_nothing_else(encoding: str) -> None:
    with pytest.raises(request_errors.BadRequestError):
        await read('{"a": "\N{LATIN SMALL LETTER U WITH DIAERESIS}"}'.encode(encoding))
