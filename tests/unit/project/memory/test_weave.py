from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from funcyard.project.memory.weave import digests, own_lines, weave

_funcyards = st.lists(st.sampled_from(["# A", "", "- b", "- c", "  - d", "e"]), max_size=12)
_persons = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(["insert", "replace", "delete"])), max_size=6
)


def _edited(lines: list[str], edits: list[tuple[int, str]]) -> list[str]:
    edited = list(lines)
    for number, (place, kind) in enumerate(edits):
        at = min(place, len(edited))
        mine = [] if kind == "delete" else [f"mine {number}"]
        edited[at : at + (kind != "insert")] = mine
    return edited


@given(_funcyards, _persons, _funcyards)
def test_every_line_a_person_wrote_survives_every_change(
    old: list[str], edits: list[tuple[int, str]], new: list[str]
) -> None:
    current = _edited(old, edits)
    woven = weave(digests(old), current, new)
    mine = [line for line in current if line.startswith("mine")]
    assert [line for line in woven if line.startswith("mine")] == mine


@given(_funcyards, _persons)
def test_what_has_nothing_new_is_left_exactly_as_it_stands(
    old: list[str], edits: list[tuple[int, str]]
) -> None:
    current = _edited(old, edits)
    assert weave(digests(old), current, old) == current


@given(_funcyards, _funcyards)
def test_what_a_person_left_alone_becomes_what_is_wanted(old: list[str], new: list[str]) -> None:
    assert weave(digests(old), old, new) == new


@given(_funcyards, _persons, _funcyards)
def test_a_second_run_changes_nothing(
    old: list[str], edits: list[tuple[int, str]], new: list[str]
) -> None:
    woven = weave(digests(old), _edited(old, edits), new)
    assert weave(digests(new), woven, new) == woven


def test_a_list_item_added_by_hand_stays_where_it_was_put() -> None:
    old = ["## Apps", "- one", "- two"]
    current = ["## Apps", "- one", "- one is Anna's", "- two"]
    new = ["## Apps", "- one", "- two", "- three"]
    assert weave(digests(old), current, new) == [*current, "- three"]


def test_where_both_changed_a_line_both_are_kept() -> None:
    assert weave(digests(["port 1"]), ["port 1, for Anna"], ["port 2"]) == [
        "port 1, for Anna",
        "port 2",
    ]


def test_white_space_at_the_end_of_a_line_is_no_edit() -> None:
    assert own_lines(digests(["- one"]), ["- one  "]) == []
    assert weave(digests(["- one"]), ["- one  "], ["- two"]) == ["- two"]


def test_a_line_deleted_by_hand_does_not_come_back() -> None:
    old = ["- one", "- two", "- three"]
    assert weave(digests(old), ["- one", "- three"], [*old, "- four"]) == [
        "- one",
        "- three",
        "- four",
    ]
