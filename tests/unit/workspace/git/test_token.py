"""A token is given to Git and shown to nobody."""

from __future__ import annotations

import base64
import copy
import json
import pickle

import pytest

from funcyard.workspace.git import BadTokenError, Token

_SECRET = "ghp_abc/def+ghi"  # noqa: S105 - opens nothing


def test_it_prints_nothing_of_itself() -> None:
    token = Token(_SECRET)

    for shown in (repr(token), str(token), f"{token}", f"{[token]}", f"{token!a}"):
        assert _SECRET not in shown
    assert not hasattr(token, "__dict__")


def test_it_cannot_be_written_down() -> None:
    token = Token(_SECRET)

    for write in (pickle.dumps, copy.copy, json.dumps):
        with pytest.raises(TypeError) as raised:
            write(token)
        assert _SECRET not in str(raised.value)


def test_its_header_is_basic_as_github_takes_it() -> None:
    name, _, value = Token(_SECRET).header.partition(": Basic ")

    assert name == "Authorization"
    assert base64.b64decode(value).decode() == f"x-access-token:{_SECRET}"


@pytest.mark.parametrize("wrong", ["", " ", "a b", "a\n", "a\r\nX-Header: 1", "t\u00f6ken", "\0"])
def test_what_no_header_carries_is_refused_and_not_repeated(wrong: str) -> None:
    with pytest.raises(BadTokenError) as raised:
        Token(wrong)

    assert not wrong.strip() or wrong not in raised.value.message


def test_a_token_that_would_hide_every_text_that_holds_it_is_refused() -> None:
    with pytest.raises(BadTokenError, match="shorter than 8"):
        Token("seven77")

    assert Token("eight888").redacted("a eight888 b") == "a *** b"


def test_every_spelling_of_it_is_taken_out_of_a_text() -> None:
    token = Token(_SECRET)
    spellings = [
        _SECRET,
        "ghp_abc%2Fdef%2Bghi",
        base64.b64encode(_SECRET.encode()).decode(),
        base64.b64encode(f"x-access-token:{_SECRET}".encode()).decode(),
    ]

    assert token.redacted(" and ".join(spellings)) == "*** and *** and *** and ***"


def test_it_is_given_to_the_api_as_it_is() -> None:
    assert Token(_SECRET).bearer == f"Bearer {_SECRET}"
