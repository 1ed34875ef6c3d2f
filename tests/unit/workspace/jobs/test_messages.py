"""A message names a scope and a job, and nothing else is taken for one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.workspace.jobs.messages import MessageError, parse
from funcyard.workspace.scopes import Scope


def test_a_message_is_read() -> None:
    assert parse('{"scope": "acme", "jobId": "x"}') == (Scope("acme"), "x")


@given(
    st.text()
    | st.builds(json.dumps, st.dictionaries(st.sampled_from(["scope", "jobId"]), st.text()))
    | st.sampled_from(['{"scope": "acme", "jobId": 5}', '{"scope": "A", "jobId": "x"}', "[]"])
)
def test_anything_else_is_refused(text: str) -> None:
    try:
        scope, job = parse(text)
    except MessageError:
        return
    assert (scope.name, job) == (json.loads(text)["scope"], json.loads(text)["jobId"])


def test_what_is_no_scope_is_refused() -> None:
    with pytest.raises(MessageError):
        parse('{"scope": "../x", "jobId": "y"}')
