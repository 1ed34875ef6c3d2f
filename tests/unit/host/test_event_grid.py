from __future__ import annotations

import json

import pytest

from funcyard.functions.model import Binding, Function
from funcyard.host.event_grid import EventError, runs_of
from funcyard.host.invocation import Value

ONE = {"id": "1", "subject": "ü", "data": {"url": "https://a/b", "n": 1}}
TWO = {"specversion": "1.0", "id": "2", "data": "text"}


def function(**properties: str) -> Function:
    trigger = Binding("event", "eventGridTrigger", "in", dict(properties))
    return Function("work", "function_app.py", (trigger,))


def test_every_event_of_an_array_is_a_run_with_its_data_for_bindings() -> None:
    first, second, third = runs_of(function(), json.dumps([ONE, TWO, {"id": "3"}]).encode())

    assert first.value == Value.json('{"id":"1","subject":"ü","data":{"url":"https://a/b","n":1}}')
    assert (first.metadata, first.data) == (
        {"data": ONE["data"]},
        {"data": '{"url":"https://a/b","n":1}'},
    )
    assert (second.metadata, second.data) == ({"data": "text"}, {"data": "text"})
    assert (third.metadata, third.data) == ({}, {"data": ""})


def test_an_event_may_come_alone_and_an_array_may_be_empty() -> None:
    assert [run.value for run in runs_of(function(), '{"id": "1"}')] == [Value.json('{"id":"1"}')]
    assert runs_of(function(), "[]") == []


@pytest.mark.parametrize("cardinality", ["many", "MANY"])
def test_with_many_an_array_is_one_run(cardinality: str) -> None:
    (run,) = runs_of(function(Cardinality=cardinality), json.dumps([ONE, TWO]))

    assert json.loads(run.value.body) == [ONE, TWO]
    assert run.metadata == {"data": [ONE["data"], "text"]}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"7", b'"text"', b"[1]", b"[" * 100_000])
def test_what_holds_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(EventError, match="work: "):
        runs_of(function(), body)
