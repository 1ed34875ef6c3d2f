"""The state is the sum of the journal's entries."""

from __future__ import annotations

import pytest

from funcyard.deploy.entries import (
    Began,
    Done,
    Ended,
    Entry,
    Failed,
    Gone,
    Intended,
    Kept,
    after,
    read,
    spelled,
)
from funcyard.deploy.records import Deed, Record, State, Unended

_RUN = Unended("deploy", ("a", "b"), ("a",))


def _sum(*entries: Entry) -> State:
    state = State("s")
    for number, entry in enumerate(entries, 1):
        state = after(state, number, read(spelled(number, entry))[1])
    return state


def _intent(deed: Deed = Deed.CREATE, **inputs: str) -> Intended:
    return Intended("/a", "a", "box", ("b",), deed, inputs)


def test_an_announced_creation_is_pending_until_its_outcome_is_known() -> None:
    announced = _sum(_intent(x="1")).records["/a"]
    done = _sum(_intent(x="1"), Done("/a", {"name": "n"})).records["/a"]

    assert announced.pending is not None
    assert (announced.made, announced.inputs, announced.known_inputs) == (False, {}, {"x": "1"})
    assert done == Record(
        "a", "box", "/a", ("b",), "1", made=True, inputs={"x": "1"}, outputs={"name": "n"}
    )


def test_a_refused_creation_leaves_no_record_and_an_uncertain_one_does() -> None:
    assert _sum(_intent(), Failed("/a", "taken", harmless=True)).records == {}
    uncertain = _sum(_intent(), Failed("/a", "no answer", harmless=False)).records["/a"]
    assert uncertain.pending is not None
    assert uncertain.pending.failure == "no answer"


def test_what_updates_may_have_written_is_known_until_one_ends_well() -> None:
    made = (_intent(a="1"), Done("/a"))
    lost = (*made, _intent(Deed.UPDATE, b="2"), Failed("/a", "no answer", harmless=False))
    twice = (*lost, _intent(Deed.UPDATE, c="3"))

    assert _sum(*twice).records["/a"].known_inputs == {"a": "1", "b": "2", "c": "3"}
    assert _sum(*twice, Done("/a")).records["/a"].known_inputs == {"c": "3"}


def test_a_refused_update_leaves_the_record_as_it_was() -> None:
    state = _sum(
        _intent(a="1"),
        Done("/a"),
        _intent(Deed.UPDATE, a="2"),
        Failed("/a", "no", harmless=True),
    )

    assert state.records["/a"].inputs == {"a": "1"}
    assert state.records["/a"].pending is None


def test_the_revision_changes_with_what_writes_and_not_with_a_deletion() -> None:
    made = (_intent(), Done("/a"))

    assert _sum(*made).records["/a"].revision == "1"
    assert _sum(*made, _intent(Deed.UPDATE)).records["/a"].revision == "3"
    assert _sum(*made, _intent(Deed.DELETE)).records["/a"].revision == "1"


def test_what_was_deleted_or_forgotten_has_no_record() -> None:
    made = (_intent(), Done("/a"))

    assert _sum(*made, _intent(Deed.DELETE), Done("/a")).records == {}
    assert _sum(*made, Gone("/a")).records == {}


def test_what_was_taken_over_is_recorded_without_a_call() -> None:
    record = Record("a", "box", "/a", (), "", made=True)

    assert _sum(Kept(record)).records["/a"].revision == "1"


@pytest.mark.parametrize(("ended", "unended"), [([], _RUN), ([Ended()], None)])
def test_a_run_that_did_not_end_is_known(ended: list[Entry], unended: Unended | None) -> None:
    assert _sum(Began(_RUN), *ended).unended == unended


_WHOLE = Unended("deploy")
_A, _B = Unended("deploy", ("a",)), Unended("deploy", ("b",))
_AWAY = Unended("destroy")


@pytest.mark.parametrize(
    ("entries", "left"),
    [
        ([Began(_WHOLE), Began(_A), Ended()], [_WHOLE]),
        ([Began(_WHOLE), Began(_A), Began(_B)], [_B, _A, _WHOLE]),
        ([Began(_WHOLE), Began(_A), Began(_B), Began(_A), Ended()], [_B, _WHOLE]),
        ([Began(_WHOLE), Began(_A), Began(_WHOLE), Ended()], []),
        ([Began(_A), Began(_RUN), Ended()], []),
        ([Began(_RUN), Began(_A), Ended()], [_RUN]),
        # What a person took away since is not brought back, nor the reverse.
        ([Began(_WHOLE), Began(Unended("destroy", ("a",))), Ended()], []),
        ([Began(_AWAY), Began(_A), Ended()], []),
    ],
)
def test_a_run_is_left_to_be_done_until_another_makes_up_for_it(
    entries: list[Entry], left: list[Unended]
) -> None:
    state = _sum(*entries)

    assert [one for one in (state.unended, *state.earlier) if one is not None] == left
    assert State.from_json(state.as_json()) == state
