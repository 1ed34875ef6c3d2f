"""The parameters of a query: what a call does not have, or has twice, is refused by its name."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from starlette.requests import Request

APP = Path(__file__).parents[3] / "workflows"

if TYPE_CHECKING:
    import queries
    import request_errors
else:
    sys.path.insert(0, str(APP))  # as the Functions worker has it
    try:
        import queries
        import request_errors
    finally:
        sys.path.remove(str(APP))


def read(text: str, *known: str) -> Any:  # noqa: ANN401 - as the app has it
    return queries.Query.of(Request({"type": "http", "query_string": text.encode()}), known)


def refused(text: str, *known: str) -> Any:  # noqa: ANN401 - as the app has it
    with pytest.raises(request_errors.BadRequestError) as told:
        read(text, *known)
    return told.value


def test_a_parameter_that_is_not_known_is_told_with_those_that_are() -> None:
    fault = refused("limit=1&Path=a", "limit", "path")
    assert fault.message == "'Path' is no parameter of this call"
    assert fault.hint == "the parameters are limit, path"
    assert fault.faults == [{"name": "Path", "message": "is no parameter of this call"}]
    assert refused("x").hint == "it has none"
    assert refused("=1").message == "'' is no parameter of this call"


def test_a_name_is_shown_as_far_as_a_line_takes_it() -> None:
    fault = refused(f"{'a' * 1000}%0A=1")
    assert fault.message == f"'{'a' * 100}' is no parameter of this call"
    assert refused("%0A=1").message.isprintable()


def test_a_parameter_is_there_once_even_where_both_say_the_same() -> None:
    assert refused("a=1&b=2&a=1", "a", "b").message == "'a' is given more than once"
    anything = Request({"type": "http", "query_string": b"a=1&b=2&a=1"})
    with pytest.raises(request_errors.BadRequestError):
        queries.Query.of(anything, None)


def test_what_is_no_text_is_refused_and_not_mended() -> None:
    assert refused("path=%FF", "path").message == "the query holds bytes that are no UTF-8"
    assert read("path=%C3%BC+x", "path").text("path") == "\N{LATIN SMALL LETTER U WITH DIAERESIS} x"


def test_where_any_name_is_good_every_value_is_kept() -> None:
    found = queries.Query.of(Request({"type": "http", "query_string": b"a=1&b=&%20=3"}), None)
    assert found.values == {"a": "1", "b": "", " ": "3"}


@pytest.mark.parametrize("text", ["0", "-1", "11", "x", "1.0", "1e1", "%2B1", "+1", "%D9%A3", ""])
def test_a_number_is_whole_and_within_its_bounds(text: str) -> None:
    with pytest.raises(request_errors.BadRequestError) as told:
        read(f"limit={text}", "limit").number("limit", 5, 1, 10)
    assert [one["name"] for one in told.value.faults] == ["limit"]
    assert read("", "limit").number("limit", 5, 1, 10) == 5
    assert read("limit=10", "limit").number("limit", 5, 1, 10) == 10
