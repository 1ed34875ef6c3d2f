from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.preflight.code.definitions import Definition, definition_at, definitions
from funcyard.preflight.sources import Source

SCRIPT = """\
@app.function_name(name="renamed")
@app.route(
    route="x",
)
@app.durable_client_input(client_name="client")
@app.queue_output("out", "q", "S")
@plain
def first(req, /, client, *rest, out, **more) -> str: ...


@bp.activity_trigger(input_name="value", activity="Work")
async def second(value: int): ...


@get().generic_trigger(arg_name="thing", type="somethingTrigger")
@app.retry(strategy="fixed_delay", max_retry_count="3", delay_interval="00:00:10")
def third(thing): ...


def bare(): ...
"""


@pytest.fixture
def source(tmp_path: Path) -> Source:
    path = tmp_path / "function_app.py"
    path.write_text(SCRIPT, encoding="utf-8")
    return Source(path, "function_app.py")


@pytest.fixture
def found(source: Source) -> dict[str, Definition]:
    return {definition.node.name: definition for definition in definitions(source)}


def test_functions_have_the_names_that_azure_gives_them(found: dict[str, Definition]) -> None:
    assert [definition.name for definition in found.values()] == ["renamed", "Work", "third"]
    assert [definition.line for definition in found.values()] == [1, 11, 15]


def test_parameters_are_bound_by_decorators(found: dict[str, Definition]) -> None:
    first, second, third = found.values()

    assert list(first.parameters) == ["req", "client", "rest", "out", "more"]
    bound = {name: first.binding(name) for name in first.parameters}
    assert {name: one.type for name, one in bound.items() if one} == {
        "req": "httpTrigger",
        "client": "durableClient",
        "out": "queue",
    }
    assert [one.is_output for one in bound.values() if one] == [False, False, True]
    assert [one.type for one in second.decorators] == ["activityTrigger"]
    assert [(one.holder, one.type, one.parameter) for one in third.decorators] == [
        ("", "somethingTrigger", "thing"),
        ("app", "", ""),
    ]


def test_arguments_are_told_with_their_lines(found: dict[str, Definition]) -> None:
    route = found["first"].decorator("route")

    assert route is not None
    assert (route.line, route.line_of("route"), route.line_of("methods")) == (2, 3, 2)
    assert found["first"].decorator("timer_trigger", "schedule") is None


def test_a_function_is_found_by_its_first_line_or_that_of_its_def(source: Source) -> None:
    names = [definition_at(source, line) for line in (1, 8, 2, 12, 20)]

    assert [one.node.name if one else None for one in names] == [
        "first",
        "first",
        None,
        "second",
        "bare",
    ]
    assert definition_at(None, 1) is None
