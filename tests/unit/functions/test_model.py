"""An index survives its way from the app's interpreter as JSON."""

from __future__ import annotations

import json

import pytest

from funcyard.functions.model import Binding, BrokenFunction, Function, Index, LoadFailure

TRIGGER = Binding("req", "httpTrigger", "in", {"name": "req", "authLevel": "FUNCTION"})
RETURN = Binding("$return", "http", "out", {"name": "$return"})
TABLE = Binding("rows", "table", "in", {"name": "rows", "tableName": "t"})
FUNCTION = Function(
    name="hello",
    script_file="function_app.py",
    bindings=(TABLE, TRIGGER, RETURN),
    retry={"strategy": "fixed_delay"},
    file="parts/hello.py",
    line=7,
    is_async=True,
    needs=("http-streams",),
)


@pytest.mark.parametrize(
    "index",
    [
        Index(),
        Index(missing_script="main.py", legacy=True),
        Index(functions=(FUNCTION,)),
        Index(failure=LoadFailure("ValueError", "no app", "function_app.py", 3, "Traceback")),
        Index(legacy=True, broken=(BrokenFunction("old", LoadFailure("RuntimeError", "no")),)),
        Index(functions=(FUNCTION,), unread=("old", "older")),
    ],
)
def test_an_index_comes_back_equal(index: Index) -> None:
    assert Index.from_dict(json.loads(json.dumps(index.as_dict()))) == index


def test_a_function_tells_its_trigger_inputs_and_outputs() -> None:
    assert FUNCTION.trigger == TRIGGER
    assert FUNCTION.inputs == (TABLE,)
    assert FUNCTION.outputs == (RETURN,)


def test_what_ends_in_trigger_is_one_in_any_case() -> None:
    kinds = ("httpTrigger", "httptrigger", "http")
    assert [Binding("x", kind, "in").is_trigger for kind in kinds] == [True, True, False]


def test_properties_are_found_without_regard_to_case() -> None:
    assert TRIGGER.get("AUTHLEVEL") == "FUNCTION"
    assert TRIGGER.get("route") is None
