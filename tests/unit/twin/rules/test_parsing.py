from __future__ import annotations

from pathlib import Path as File

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.twin.rules.conditions import CONDITIONS

from funcyard.twin.rules.errors import ConditionError
from funcyard.twin.rules.parsing import DEEPEST, LONGEST, parse
from funcyard.twin.rules.tree import And, Comparison, Constant, Not, Or, Path, paths
from funcyard.twin.rules.writing import write

A = Comparison(Path("room", "warm"), "==", Constant("BOOLEAN", value=True))
B = Comparison(Path("room", "size", "walls"), "<", Constant("DOUBLE", 1.5))
C = Comparison(Constant("INTEGER", -4), ">=", Path("7-up", "n"))
_A_PATH = "write ENTITY.PROPERTY or ENTITY.COMPONENT.PROPERTY"
_TOO_LARGE = "9223372036854775808"
_A, _B, _C = "room.warm == BOOLEAN(true)", "room.walls.size < DOUBLE(1.5)", "INTEGER(-4) >= 7-up.n"


@given(condition=CONDITIONS)
def test_what_is_written_means_the_same(condition: And | Or | Not | Comparison) -> None:
    assert parse(write(condition)) == condition


@given(text=st.text('ab.()<>=!"\\ -1DOUBLE(3)STRINGandornot\n\té', max_size=40))
def test_no_text_is_more_than_a_fault_with_a_place(text: str) -> None:
    try:
        found = write(parse(text))
    except ConditionError as fault:
        found = fault.drawn
        assert 0 <= fault.position <= len(text)  # noqa: PT017 - either way
    assert found


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (_A, A),
        (f"{_A} and {_B} and {_C}", And((A, B, C))),
        (f"{_A} or {_B} and {_C}", Or((A, And((B, C))))),
        (f"({_A} or {_B}) and {_C}", And((Or((A, B)), C))),
        (f"not {_A} and {_B}", And((Not(A), B))),
        (f"not ({_A} and {_B})", Not(And((A, B)))),
        (f"NOT not {_A}\n\tOr({_B})", Or((Not(Not(A)), B))),
        ("room.warm==BOOLEAN( TRUE )", A),
        ("a.b > DOUBLE(3)", Comparison(Path("a", "b"), ">", Constant("DOUBLE", 3.0))),
        ("a.b != STRING(cold)", Comparison(Path("a", "b"), "!=", Constant("STRING", "cold"))),
        (
            'a.b == STRING("x \\"y\\" (\\u00e9)")',
            Comparison(Path("a", "b"), "==", Constant("STRING", 'x "y" (é)')),
        ),
        ("a.b <= c.d", Comparison(Path("a", "b"), "<=", Path("c", "d"))),
    ],
)
def test_a_text_means_what_it_says(text: str, meant: object) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize(
    ("text", "message", "position", "hint"),
    [
        ("", "expected a property or a constant, found the end", 0, None),
        ("a.b", "expected a comparison, found the end", 3, None),
        ("a.b >", "expected a property or a constant, found the end", 5, None),
        ("a.b = DOUBLE(1)", "expected a comparison, found '='", 4, "write =="),
        ("a.b => DOUBLE(1)", "expected a comparison, found '='", 4, "write >="),
        ("a.b > 5", "a number without a type", 6, "write INTEGER(5)"),
        ("a.b > -0.5", "a number without a type", 6, "write DOUBLE(-0.5)"),
        ("a.b == True", "a truth value without a type", 7, "write BOOLEAN(true)"),
        ("b > DOUBLE(1)", "b is no property", 0, _A_PATH),
        ("a.b.c.d > DOUBLE(1)", "a.b.c.d is no property", 0, _A_PATH),
        ("-a.b > DOUBLE(1)", "no twin or device is called '-a'", 0, None),
        ("a.b- > DOUBLE(1)", "no property or component is called 'b-'", 0, None),
        ("a.b > double(1)", "no type is called double", 6, "write DOUBLE"),
        ("a.b > FLOAT(1)", "no type is called FLOAT", 6, "one of DOUBLE, INTEGER, STRING, BOOLEAN"),
        ("a.b > DOUBLE()", "DOUBLE holds no value", 12, "write DOUBLE(VALUE)"),
        ("a.b > DOUBLE(x)", "x is no number", 13, "as -1.5 or 3e2"),
        ("a.b > DOUBLE(1e999)", "1e999 is no number", 13, "as -1.5 or 3e2"),
        ('a.b > DOUBLE("1")', "DOUBLE of a text", 13, "take the quotes away"),
        ("a.b > INTEGER(1.5)", "1.5 is no whole number of 64 bits", 14, None),
        (f"a.b > INTEGER({_TOO_LARGE})", f"{_TOO_LARGE} is no whole number of 64 bits", 14, None),
        ("a.b == BOOLEAN(yes)", "yes is no truth value", 15, "write true or false"),
        ('a.b == STRING("\\x")', "an escape that JSON does not know", 14, None),
        ('a.b == STRING("\\ud800")', "half a character: an escape of a surrogate", 14, None),
        ("a.b > DOUBLE(1", "( is never closed", 12, None),
        ("(a.b > DOUBLE(1)", "( is never closed", 0, None),
        ("(a.b > DOUBLE(1) DOUBLE", "expected ), found DOUBLE", 17, None),
        ("a.b > DOUBLE(1))", "expected and, or or the end, found ')'", 15, None),
        ("a.b > DOUBLE(1) && c.d", "expected and, or or the end, found '&'", 16, "write and"),
        ("a.b > DOUBLE(1) < c.d", "a second comparison", 16, "join two by and"),
        (
            "DOUBLE(1) > DOUBLE(2)", "compares two constants", 0,
            "one of them is a property, as room.size",
        ),
        ("(" * (DEEPEST + 1), f"nested deeper than {DEEPEST} levels", DEEPEST, None),
        ("not " * (DEEPEST + 1), f"nested deeper than {DEEPEST} levels", 4 * DEEPEST - 1, None),
        (" " * (LONGEST + 1), f"longer than {LONGEST} characters", LONGEST, None),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_place(
    text: str, message: str, position: int, hint: str | None
) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)

    found = caught.value
    assert (found.message, found.position, found.hint) == (message, position, hint)


def test_the_place_is_drawn_below_its_line() -> None:
    with pytest.raises(ConditionError) as caught:
        parse("a.b > DOUBLE(1) and\n\tc.d > 5")

    assert caught.value.drawn == " c.d > 5\n       ^"
    assert str(caught.value) == "a number without a type, at character 28"


def test_paths_know_where_they_stand() -> None:
    assert [(str(one), one.position) for one in paths(parse(f"{_C} or ({_B})"))] == [
        ("7-up.n", 15),
        ("room.walls.size", 26),
    ]


def test_the_condition_of_the_page_is_one() -> None:
    page = (File(__file__).parents[4] / "docs" / "twin.md").read_text("utf-8")
    text = page.partition("### Conditions")[2].split("```")[1].strip()

    assert len(list(paths(parse(text)))) == 3
