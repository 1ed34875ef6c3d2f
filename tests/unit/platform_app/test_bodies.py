"""Bodies of JSON: what two readers could take differently is refused, by its name."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
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


async def read(body: bytes) -> Any:  # noqa: ANN401 - JSON
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    kind = [(b"content-type", b"application/json; charset=utf-8")]
    return await bodies.json_body(Request({"type": "http", "headers": kind}, receive))


async def test_a_key_that_is_there_twice_is_refused_by_its_name() -> None:
    with pytest.raises(request_errors.BadRequestError) as told:
        await read(b'{"deep": [{"b": {"c": 1, "d": 2, "c": 3}}]}')
    message = "the key 'c' is there more than once in one object"
    assert told.value.message == f"the body cannot be read: {message}"
    assert told.value.faults == [{"name": "c", "message": message}]


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"a": NaN}', b"[" * 100_000])
async def test_what_is_no_json_is_told_so(body: bytes) -> None:
    with pytest.raises(request_errors.BadRequestError, match="the body cannot be read: ") as told:
        await read(body)
    assert told.value.faults == []


async def test_no_body_is_an_empty_object() -> None:
    assert await read(b"") == {}
