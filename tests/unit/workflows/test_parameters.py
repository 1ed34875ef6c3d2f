"""What callers give becomes what functions take, or is refused with every reason."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.workflows.declarations import TYPES, Parameter, Workflow
from funcyard.workflows.errors import ParametersError
from funcyard.workflows.parameters import coerce


def of(*parameters: Parameter) -> Workflow:
    return Workflow("w", parameters=parameters)


@pytest.mark.parametrize(
    ("kind", "value", "fitted"),
    [
        ("string", "", ""),
        ("string", " a ", " a "),
        ("int", 5, 5),
        ("int", "-5", -5),
        ("int", 5.0, 5),
        ("float", "1.5", 1.5),
        ("float", 2, 2.0),
        ("bool", True, True),
        ("bool", "Yes", True),
        ("bool", "off", False),
        ("json", {"a": 1}, {"a": 1}),
        ("json", '{"a": 1}', {"a": 1}),
        ("list", [1], [1]),
        ("list", "[1, 2]", [1, 2]),
        ("email", " ada@example.org ", "ada@example.org"),
    ],
)
def test_a_value_becomes_what_is_declared(kind: str, value: object, fitted: object) -> None:
    found = coerce(of(Parameter("p", kind)), {"p": value})

    assert found == {"p": fitted}
    assert type(found["p"]) is type(fitted)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", 5),
        ("int", "5.5"),
        ("int", 5.5),
        ("int", True),
        ("int", "1_000"),
        ("int", "9" * 5000),
        ("float", "nan"),
        ("float", "Infinity"),
        ("float", True),
        ("float", 10**400),
        ("bool", 1),
        ("bool", "maybe"),
        ("json", "{"),
        ("json", "[" * 100_000),
        ("list", "{}"),
        ("list", {"a": 1}),
        ("email", "ada"),
        ("email", "ada@example"),
        ("email", f"ada@{'x' * 300}.org"),
        ("email", 1),
    ],
)
def test_nothing_is_guessed(kind: str, value: object) -> None:
    with pytest.raises(ParametersError):
        coerce(of(Parameter("p", kind)), {"p": value})


def test_every_fault_is_told_at_once_in_the_order_of_declaration() -> None:
    declared = of(
        Parameter("name", required=True),
        Parameter("count", "int"),
        Parameter("color", choices=("red", "blue")),
    )

    with pytest.raises(ParametersError) as raised:
        coerce(declared, {"color": "green", "count": "x", "extra": 1})

    assert raised.value.faults == [
        ("name", "is required"),
        ("count", "must be a whole number"),
        ("color", 'must be one of "red", "blue"'),
        ("extra", "is not a parameter"),
    ]


def test_what_is_left_out_has_its_default_or_is_left_to_the_function() -> None:
    declared = of(Parameter("a", default="x"), Parameter("b"), Parameter("c", "int", default=3))

    assert coerce(declared, {"c": ""}) == {"a": "x", "c": 3}
    assert coerce(declared, {"a": None}) == {"a": "x", "c": 3}


def test_true_is_not_the_number_one_among_choices() -> None:
    with pytest.raises(ParametersError):
        coerce(of(Parameter("p", "json", choices=(1,))), {"p": True})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.sampled_from(TYPES), _JSON)
def test_any_json_fits_or_is_refused_in_words(kind: str, value: object) -> None:
    with contextlib.suppress(ParametersError):
        coerce(of(Parameter("p", kind)), {"p": value})
