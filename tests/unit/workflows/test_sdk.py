"""Decorators refuse, where they are written, what cannot be meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from funcyard.workflows import sdk
from funcyard.workflows.declarations import DataProvider, DeclarationError, Workflow, as_dict
from funcyard.workflows.sdk import data_provider, param, workflow


@pytest.fixture(autouse=True)
def _nothing_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk, "declared", [])


def declared() -> Workflow:
    declaration = sdk.declared[-1][0]
    assert isinstance(declaration, Workflow)
    return declaration


def test_a_workflow_is_named_and_described_by_its_function() -> None:
    @workflow()
    def report() -> None:
        """Send the report.

        More.
        """

    assert (declared().name, declared().description) == ("report", "Send the report.")
    assert declared().execution_mode == "async"
    assert declared().timeout_seconds == 1800


def test_the_function_is_what_it_was() -> None:
    @workflow()
    @param("name")
    def greet(name: str) -> str:
        return f"Hello {name}"

    assert greet("Ada") == "Hello Ada"


def test_an_endpoint_waits_for_its_result() -> None:
    @workflow(endpoint_enabled=True, allowed_methods=["get", "post"])
    def hook() -> None: ...

    assert declared().execution_mode == "sync"
    assert declared().allowed_methods == ("GET", "POST")


def test_parameters_come_in_the_order_they_are_read() -> None:
    @workflow()
    @param("first", required=True)
    @param("second", type="int", default=2, choices=[1, 2])
    def both(context: sdk.Context, first: str, second: int) -> None: ...

    assert [one.name for one in declared().parameters] == ["first", "second"]
    assert declared().place.wants_context


def test_a_declaration_survives_its_way_to_the_engine() -> None:
    @workflow(tags=["a"], retry_policy={"max_attempts": 3}, schedule="*/5 * * * *")
    @param("which", choices=["a", "b"], data_provider="lists")
    def all_of_it(which: str = "a") -> None: ...

    assert Workflow.from_dict(as_dict(declared())) == declared()


def test_a_provider_survives_its_way_to_the_engine() -> None:
    @data_provider(cache_ttl_seconds=0)
    @param("part")
    def lists(part: str) -> list[str]:
        return [part]

    declaration = sdk.declared[-1][0]
    assert isinstance(declaration, DataProvider)
    assert DataProvider.from_dict(as_dict(declaration)) == declaration


def plain() -> None: ...


def takes(name: str) -> None: ...


def above() -> None:
    @param("name")
    @workflow()
    def upside_down(name: str = "") -> None: ...


def twice() -> None:
    workflow()(param("name")(param("name")(takes)))


@pytest.mark.parametrize(
    ("declare", "told"),
    [
        (lambda: workflow(name="two words")(plain), "cannot name a workflow"),
        (lambda: workflow(plain), "write @workflow()"),  # type: ignore[arg-type]
        (lambda: data_provider(plain), "write @data_provider()"),  # type: ignore[arg-type]
        (lambda: workflow(execution_mode="later")(plain), "sync and async"),
        (lambda: workflow(timeout_seconds=7201)(plain), "a number up to 7200"),
        (lambda: workflow(timeout_seconds=float("nan"))(plain), "a number up to 7200"),
        (lambda: workflow(timeout_seconds=0)(plain), "a number up to 7200"),
        (lambda: workflow(schedule="0 */5 * * * *")(plain), "five fields"),
        (lambda: workflow(schedule="61 * * * *")(plain), "not between 0 and 59"),
        (lambda: workflow(allowed_methods=["FETCH"])(plain), "there are GET"),
        (lambda: workflow(allowed_methods=[])(plain), "there are GET"),
        (lambda: workflow(public_endpoint=True)(plain), "has no endpoint"),
        (lambda: workflow(retry_policy={"max_attempts": 11})(plain), "from 1 to 10"),
        (lambda: workflow(retry_policy={"times": 1})(plain), "max_attempts, delay_seconds"),
        (lambda: workflow(retry_policy={"backoff": 0})(plain), "from 1 to 10"),
        (lambda: workflow(tags=[1])(plain), "tags"),  # type: ignore[list-item]
        (lambda: workflow()(takes), "needs name, which no @param declares"),
        (lambda: workflow()(param("other")(plain)), "does not take other"),
        (lambda: workflow(schedule="* * * * *")(param("name", required=True)(takes)), "nobody"),
        (lambda: param("with space"), "cannot name a parameter"),
        (lambda: param("n", type="date"), "there are string, int"),
        (lambda: param("n", required=True, default="x"), "required and has a default"),
        (lambda: param("n", choices=[]), "no choices"),
        (lambda: data_provider(cache_ttl_seconds=-1)(plain), "a number from 0"),
        (above, "belongs below @workflow"),
        (twice, "declares name twice"),
    ],
)
def test_what_cannot_be_meant_is_refused(declare: Callable[[], Any], told: str) -> None:
    takes.__dict__.clear()
    plain.__dict__.clear()

    with pytest.raises(DeclarationError, match=None) as raised:
        declare()

    assert told in str(raised.value)


def test_outside_an_execution_there_is_no_context() -> None:
    with pytest.raises(RuntimeError, match="no execution is running"):
        sdk.get_context()
