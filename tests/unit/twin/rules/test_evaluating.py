from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.twin.rules.errors import EvaluationError
from funcyard.twin.rules.evaluating import holds
from funcyard.twin.rules.parsing import parse
from funcyard.twin.rules.tree import And, Comparison, Condition, Constant, Not, Or, Path

_LETTERS = ["p", "q", "r"]


def _holds(text: str, values: Mapping[str, object]) -> bool | None:
    return holds(parse(text), lambda path: values.get(str(path)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("room.t > DOUBLE(-15)", True),
        ("room.t > INTEGER(-15)", True),
        ("room.t < room.limit", True),
        ("room.t <= DOUBLE(-14.5)", True),
        ("DOUBLE(-14.5) != room.t", False),
        ("room.n == INTEGER(9007199254740993)", True),
        ("room.n == INTEGER(9007199254740992)", False),
        ("room.state == STRING(idle)", True),
        ("room.state < STRING(zzz)", True),
        ("room.open == BOOLEAN(true)", False),
        ("not room.open == BOOLEAN(true)", True),
        ("room.open != BOOLEAN(true) and room.t > DOUBLE(0)", False),
        ("room.gone > DOUBLE(0)", None),
        ("not room.gone > DOUBLE(0)", None),
        ("room.gone > DOUBLE(0) and room.t > DOUBLE(0)", False),
        ("room.gone > DOUBLE(0) and room.t < DOUBLE(0)", None),
        ("room.gone > DOUBLE(0) or room.t < DOUBLE(0)", True),
        ("room.gone > DOUBLE(0) or room.t > DOUBLE(0)", None),
    ],
)
def test_a_condition_holds_or_not_or_is_not_known(text: str, expected: bool | None) -> None:  # noqa: FBT001 - a value
    values = {
        "room.t": -14.5,
        "room.limit": 3,
        "room.n": 2**53 + 1,
        "room.state": "idle",
        "room.open": False,
    }
    assert _holds(text, values) is expected


@pytest.mark.parametrize(
    ("text", "value", "message"),
    [
        ("a.b > DOUBLE(1)", "2", "a.b, a text, is compared with a number"),
        ("a.b == BOOLEAN(true)", 1, "a.b, a number, is compared with a truth value"),
        ("STRING(x) == a.b", True, "a text is compared with a.b, a truth value,"),
        ("a.b < a.b", True, "a.b, a truth value, has no order"),
        ("a.b == STRING(x)", ["x"], "a.b is neither number, text nor truth value"),
    ],
)
def test_values_of_another_type_are_no_answer(text: str, value: object, message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        _holds(text, {"a.b": value})

    assert caught.value.message == message


_TRUE = Constant("BOOLEAN", value=True)
_FORMULAS: st.SearchStrategy[Condition] = st.recursive(
    st.sampled_from(_LETTERS).map(lambda name: Comparison(Path("x", name), "==", _TRUE)),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.tuples(inner, inner)),
        st.builds(Or, st.tuples(inner, inner)),
    ),
    max_leaves=6,
)


def _python(condition: Condition) -> str:
    match condition:
        case Comparison():
            return condition.left.name if isinstance(condition.left, Path) else ""
        case Not():
            return f"(not {_python(condition.of)})"
        case And():
            return f"({' and '.join(map(_python, condition.parts))})"
        case Or():
            return f"({' or '.join(map(_python, condition.parts))})"


@given(condition=_FORMULAS, values=st.tuples(st.booleans(), st.booleans(), st.booleans()))
def test_known_values_decide_as_they_do_in_python(
    condition: Condition, values: tuple[bool, bool, bool]
) -> None:
    given_values = dict(zip(_LETTERS, values, strict=True))
    expected = eval(_python(condition), {}, given_values)  # noqa: S307 - made of three letters

    assert holds(condition, lambda path: given_values[path.name]) is expected


@given(
    condition=_FORMULAS,
    values=st.fixed_dictionaries({name: st.none() | st.booleans() for name in _LETTERS}),
)
def test_what_is_decided_without_a_value_is_so_whatever_the_value_is(
    condition: Condition, values: dict[str, bool | None]
) -> None:
    decided = holds(condition, lambda path: values[path.name])

    for filling in (True, False):
        whole = {name: filling if one is None else one for name, one in values.items()}
        filled = holds(condition, lambda path, whole=whole: whole[path.name])  # type: ignore[misc]
        assert decided is None or filled is decided
