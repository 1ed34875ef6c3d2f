from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.twin.config.json_tree import DEEPEST, LONGEST, JsonFault, read_json

_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_NUMBERS = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
_VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)


def _lists(value: object) -> object:
    if isinstance(value, dict):
        return {key: _lists(item) for key, item in value.items()}
    return [_lists(item) for item in value] if isinstance(value, tuple) else value


@given(value=_VALUES, indent=st.sampled_from([None, 1, "\t"]), escaped=st.booleans())
def test_what_json_writes_is_read(
    value: object, indent: int | str | None, *, escaped: bool
) -> None:
    tree = read_json(json.dumps(value, indent=indent, ensure_ascii=escaped))

    assert _lists(tree.data()) == value


@given(text=st.text('{}[]",:\\ \n0123.-+eEtrufalsn#/u', max_size=30))
def test_what_is_read_is_what_json_reads(text: str) -> None:
    try:
        data = _lists(read_json(text).data())
    except JsonFault as fault:
        data = fault
    assert data.line >= 1 if isinstance(data, JsonFault) else data == json.loads(text)


@pytest.mark.parametrize(
    ("text", "message", "place", "hint"),
    [
        ("", "empty", (1, 1), None),
        ('{"a": 1,}', "not JSON: a comma before }", (1, 8), "take it away"),
        ("[1, ]", "not JSON: a comma before ]", (1, 3), "take it away"),
        ('{"a" 1}', "not JSON: expected a colon, found '1'", (1, 6), None),
        ('{"a": 1 "b": 2}', "not JSON: expected a comma or }, found '\"'", (1, 9), None),
        (
            "{'a': 1}", 'not JSON: expected a key in quotes, found "\'"', (1, 2),
            "JSON has double quotes only",
        ),
        (
            '{\n  // no\n "a": 1}', "not JSON: expected a key in quotes, found '/'", (2, 3),
            "JSON has no comments",
        ),
        ('{"a": 1, "b": 2,\n "a": 3}', 'the key "a" comes twice, first on line 1', (2, 2), None),
        ("[01]", "not JSON: no number is written like this", (1, 2), None),
        ("[1e999]", "a number too large", (1, 2), None),
        ("[" + "1" * 41 + "]", "a number of more digits than are taken", (1, 2), None),
        ("[NaN]", "not JSON: expected a value, found 'N'", (1, 2), None),
        ('["\\ud800"]', "half a character: an escape of a surrogate", (1, 2), None),
        ('["a', "not JSON: unterminated string starting at", (1, 2), None),
        ("[1", "not JSON: expected a comma or ], found the end of the file", (1, 3), None),
        ("[] []", "not JSON: '[' behind the end", (1, 4), None),
        ("[" * (DEEPEST + 2), f"nested deeper than {DEEPEST} levels", (1, DEEPEST + 2), None),
        (" " * (LONGEST + 1), "larger than 1024 KiB", (1, 1), None),
    ],
)  # fmt: skip
def test_what_is_no_json_is_told_at_its_place(
    text: str, message: str, place: tuple[int, int], hint: str | None
) -> None:
    with pytest.raises(JsonFault) as caught:
        read_json(text)

    assert (caught.value.message, caught.value.line, caught.value.column, caught.value.hint) == (
        message, *place, hint,
    )  # fmt: skip


def test_every_value_knows_its_place() -> None:
    tree = read_json('{\n  "a": [\n    1,\n    "b"\n  ]\n}')

    found = tree.entries["a"].items[1]
    assert (found.line, found.column, found.path) == (4, 5, ("a", 1))
