"""Conditions and preferences of requests, as RFC 9110 has them, and types by names."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

APP = Path(__file__).parents[3] / "workflows"

if TYPE_CHECKING:
    import conditions
    import content_types
    import request_errors
else:
    sys.path.insert(0, str(APP))  # as the Functions worker has it
    try:
        import conditions
        import content_types
        import request_errors
    finally:
        sys.path.remove(str(APP))


def request(**headers: str) -> Any:  # noqa: ANN401 - as the app takes it
    told = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": told})


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("*", {"*"}),
        ('"a"', {"a"}),
        ('"a", "b"', {"a", "b"}),
        ('W/"a"', set()),
        ('W/"a", "b"', {"b"}),
        ('"*"', set()),
        ('"a,b"', {"a,b"}),
        ('""', {""}),
        (' ,"a" ,,\t"b", ', {"a", "b"}),
    ],
)
def test_a_write_asks_for_tags_that_match_strongly(header: str, tags: set[str]) -> None:
    condition = conditions.condition_of(request(if_match=header))
    assert condition.match == tags
    assert conditions.condition_of(request()).match is None


@pytest.mark.parametrize(
    "header",
    ["", " ", ",", "a", '"a', 'a"', '"a" "b"', '"a b"', '*, "a"', "*,*", 'w/"a"', 'W/ "a"', "W/a"],
)
def test_what_names_no_tag_is_refused_whoever_asks(header: str) -> None:
    for asks in (
        lambda: conditions.condition_of(request(if_match=header)),
        lambda: conditions.condition_of(request(if_none_match=header)),
        lambda: conditions.is_known(request(if_none_match=header), "a"),
    ):
        with pytest.raises(request_errors.BadRequestError, match="ETags as they were told"):
            asks()


@pytest.mark.parametrize("header", ['"a"', 'W/"a"', '"b", "a"', "*"])
def test_what_a_reader_has_may_match_weakly(header: str) -> None:
    assert conditions.is_known(request(if_none_match=header), "a")
    assert not conditions.is_known(request(if_none_match='"b"'), "a")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", None),
        ("*/*", None),
        ("text/plain", "text/plain"),
        ("application/octet-stream", "application/octet-stream"),
        ("text/html, */*;q=0.8", None),
        ("application/json, text/plain;q=0.5", None),
        ("application/json;q=0.2, text/plain;q=0.5", "text/plain"),
        ("text/plain;q=0", None),
        ("text/plain;q=nonsense", None),
    ],
)
def test_a_file_comes_raw_where_that_is_preferred(accept: str, kind: str | None) -> None:
    assert conditions.prefers_raw(request(accept=accept)) == kind


@given(st.text(max_size=100))
def test_no_header_is_more_than_not_understood(header: str) -> None:
    told = request()
    told.scope["headers"] = [
        (name, header.encode("latin-1", "replace")) for name in (b"if-match", b"accept")
    ]
    with contextlib.suppress(request_errors.BadRequestError):
        conditions.condition_of(told)
    conditions.prefers_raw(told)


def test_a_long_header_that_names_nothing_is_read_once() -> None:
    for text in (", " * 30_000, " " * 60_000, '"' * 60_000, '"a" ,' * 12_000 + "x"):
        with pytest.raises(request_errors.BadRequestError):
            conditions.condition_of(request(if_match=text + '"'))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a.py", "text/x-python"),
        ("a/b.YAML", "application/yaml"),
        ("x.json", "application/json"),
        ("Makefile", "text/plain"),
        (".gitignore", "text/plain"),
        ("a.unknown", "application/octet-stream"),
    ],
)
def test_a_name_tells_its_type_on_every_machine(path: str, kind: str) -> None:
    assert content_types.content_type_of(path) == kind
