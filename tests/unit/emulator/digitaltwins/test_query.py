"""The query language, against rows that are chosen by plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.emulator.digitaltwins.graphs import graph, interface

from funcyard.emulator.digitaltwins.errors import TwinsError
from funcyard.emulator.digitaltwins.graph import Graph
from funcyard.emulator.digitaltwins.query.parsing import parse
from funcyard.emulator.digitaltwins.query.running import rows

_TWINS: list[dict[str, Any]] = [
    {"$dtId": "a", "size": 1, "label": "north", "on": True},
    {"$dtId": "b", "size": 2.5, "label": "south's", "tags": {"red": True}, "sizes": [1, 2]},
    {"$dtId": "c", "size": "big"},
    {"$dtId": "d", "on": False, "nothing": None},
]
_ALL = "SELECT * FROM DIGITALTWINS WHERE "
_METADATA = {"$model": "dtmi:test:Thing;1"}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    folder: Path = tmp_path_factory.mktemp("graph")
    made = graph(folder, interface("Thing"))
    for one in _TWINS:
        made.store.save_twin({**one, "$metadata": _METADATA})
    for source, target in (("a", "b"), ("b", "c"), ("a", "c")):
        link = {"$sourceId": source, "$targetId": target, "$relationshipId": f"{source}{target}"}
        made.store.save_relationship({**link, "$relationshipName": "leads", "far": target == "c"})
    yield made
    made.store.close()


def _ids(known: Graph, where: str) -> str:
    found = rows(parse(_ALL + where), known)
    return "".join(one["$dtId"] for one in found)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("size > 1", "b"),
        ("size >= 1 AND NOT size = 2.5", "a"),
        ("size != 1", "b"),
        ("NOT size = 1", "b"),
        ("size = 'big' OR on = true", "ac"),
        ("on = false", "d"),
        ("size IN [1, 'big']", "ac"),
        ("size NIN [1, 'big']", "b"),
        ("label = 'south\\'s'", "b"),
        ("STARTSWITH(label, 'no') OR ENDSWITH(label, 's')", "ab"),
        ("CONTAINS(label, 'out')", "b"),
        ("IS_DEFINED(label)", "ab"),
        ("NOT IS_DEFINED(label)", "cd"),
        ("IS_NUMBER(size)", "ab"),
        ("IS_STRING(size)", "c"),
        ("IS_PRIMITIVE(tags)", ""),
        ("IS_OBJECT(tags) AND tags.red = true", "b"),
        ("IS_NULL(nothing)", "d"),
        ("IS_BOOL(on)", "ad"),
        ("ARRAY_CONTAINS(sizes, 2)", "b"),
        ("IS_OF_MODEL('dtmi:test:Thing;1')", "abcd"),
        ("IS_OF_MODEL('dtmi:test:Other;1')", ""),
        ("IS_OF_MODEL('dtmi:test:Thing;x')", ""),
        ("$metadata.$model = 'dtmi:test:Thing;1' AND (size = 1 OR size = 2.5)", "ab"),
        ("size < 'c'", "c"),
    ],
)
def test_conditions_choose_twins(known: Graph, where: str, expected: str) -> None:
    assert _ids(known, where) == expected


def test_joins_follow_relationships(known: Graph) -> None:
    query = (
        "SELECT S.$dtId AS from_, T.$dtId AS to_ FROM DIGITALTWINS S JOIN M RELATED S.leads"
        " JOIN T RELATED M.leads R WHERE R.far = true"
    )
    assert rows(parse(query), known) == [{"from_": "a", "to_": "c"}]
    whole = rows(parse("SELECT S, T FROM digitaltwins S JOIN T RELATED S.leads"), known)
    assert {(one["S"]["$dtId"], one["T"]["$dtId"]) for one in whole} == {
        ("a", "b"),
        ("a", "c"),
        ("b", "c"),
    }


def test_what_is_wanted_is_chosen_counted_and_cut(known: Graph) -> None:
    assert rows(parse("SELECT COUNT() FROM RELATIONSHIPS WHERE far = true"), known) == [
        {"COUNT": 2}
    ]
    assert rows(parse("SELECT TOP(2) T.size FROM DIGITALTWINS T"), known) == [
        {"size": 1},
        {"size": 2.5},
    ]
    assert rows(parse("SELECT T.on FROM DIGITALTWINS T WHERE T.$dtId = 'c'"), known) == [{}]


@pytest.mark.parametrize(
    ("query", "line", "position", "said"),
    [
        ("foo", 1, 0, "missing SELECT at 'foo'"),
        ("", 1, 0, "missing SELECT at '<EOF>'"),
        ("SELECT * FROM twins", 1, 14, "missing DIGITALTWINS or RELATIONSHIPS at 'twins'"),
        ("SELECT *\nFROM DIGITALTWINS\nWHERE size >", 3, 12, "missing a value at '<EOF>'"),
        ("SELECT * FROM DIGITALTWINS WHERE size ~ 1", 1, 38, "token recognition error at: '~'"),
        ("SELECT * FROM DIGITALTWINS WHERE LENGTH(x) = 1", 1, 33, "'LENGTH' is not known"),
        ("SELECT * FROM DIGITALTWINS WHERE IS_NULL(x, y)", 1, 33, "takes 1 values, not 2"),
        ("SELECT * FROM DIGITALTWINS T WHERE size = 1", 1, 35, "'size' is none of T"),
        ("SELECT T.x FROM DIGITALTWINS T JOIN T RELATED T.a", 1, 36, "'T' is there already"),
        ("SELECT X FROM DIGITALTWINS T JOIN X RELATED Y.a", 1, 44, "'Y' is not known"),
        ("SELECT * FROM DIGITALTWINS MATCH (a)", 1, 27, "MATCH is not served here"),
        ("SELECT * FROM DIGITALTWINS T ORDER BY T.x", 1, 29, "ORDER is not served here"),
        ("SELECT * FROM DIGITALTWINS WHERE size", 1, 37, "missing a comparison"),
        ("SELECT TOP(x) FROM DIGITALTWINS", 1, 11, "'x' is no number of rows"),
        ("SELECT T.a, T.a FROM DIGITALTWINS T", 1, 12, "'a' is selected twice"),
        (f"{_ALL}{'NOT ' * 90}x = 1", 1, 237, "deeper than 50"),
        (f"{_ALL}{'IS_NULL(' * 990}", 1, 441, "deeper than 50"),
        ("SELECT TOP(" + "1" * 5000 + ") FROM DIGITALTWINS", 1, 11, "is no number of rows"),
        ("?" * 8001, 1, 0, "longer than 8000 characters"),
        (
            "SELECT * FROM DIGITALTWINS A JOIN B RELATED A.x R JOIN C RELATED R.x",
            *(1, 65, "'R' is not known"),
        ),
    ],
)
def test_a_query_that_is_none_says_where(query: str, line: int, position: int, said: str) -> None:
    with pytest.raises(TwinsError) as refused:
        parse(query)
    assert (refused.value.status, refused.value.code) == (400, "SqlQueryError")
    assert f"Line={line}, Position={position}, " in refused.value.message
    assert said in refused.value.message


_CONDITION = st.recursive(
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), st.integers(0, 4)).map(list),
    lambda inner: st.one_of(
        st.tuples(st.just("NOT"), inner).map(list),
        st.tuples(st.sampled_from(["AND", "OR"]), inner, inner).map(list),
    ),
    max_leaves=6,
)


def _written(condition: list[Any]) -> str:
    sign, *parts = condition
    if sign == "NOT":
        return f"NOT ({_written(parts[0])})"
    if sign in {"AND", "OR"}:
        return f"({_written(parts[0])}) {sign} ({_written(parts[1])})"
    return f"size {sign} {parts[0]}"


def _holds(condition: list[Any], size: float) -> bool:
    sign, *parts = condition
    match sign:
        case "NOT":
            return not _holds(parts[0], size)
        case "AND":
            return _holds(parts[0], size) and _holds(parts[1], size)
        case "OR":
            return _holds(parts[0], size) or _holds(parts[1], size)
    compared = {
        "<": size < parts[0],
        "<=": size <= parts[0],
        ">": size > parts[0],
        ">=": size >= parts[0],
        "=": size == parts[0],
        "!=": size != parts[0],
    }
    return bool(compared[sign])


@given(condition=_CONDITION)
def test_conditions_mean_what_python_means(known: Graph, condition: list[Any]) -> None:
    sizes = {
        one["$dtId"]: one["size"] for one in _TWINS if isinstance(one.get("size"), int | float)
    }
    expected = "".join(key for key, size in sizes.items() if _holds(condition, size))
    assert _ids(known, _written(condition)) == expected


@given(
    text=st.text(
        st.sampled_from("SELECT FROM DIGITALTWINS WHERE T.x='1' ()[],AND OR NOT JOIN"), max_size=60
    )
)
def test_any_text_is_a_query_or_refused(text: str) -> None:
    assert _code(text) in {None, "SqlQueryError"}


def _code(text: str) -> str | None:
    try:
        parse(text)
    except TwinsError as refused:
        return refused.code
    return None
