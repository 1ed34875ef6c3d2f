from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.workspace.versions.manifests import WHEN, manifest_of

from funcyard.workspace.scopes import GLOBAL
from funcyard.workspace.source import LeftOut
from funcyard.workspace.versions.name import VersionName
from funcyard.workspace.versions.origin import (
    AdoptOrigin,
    EditOrigin,
    GitHubOrigin,
    Origin,
    RepairOrigin,
    RollbackOrigin,
)
from funcyard.workspace.versions.row import LedgerError, entity_of, state_of
from funcyard.workspace.versions.state import KEPT, SITTING, State


def name(number: int) -> VersionName:
    return VersionName(number, f"{number:064x}")


def push(number: int) -> Origin:
    return GitHubOrigin("https://github.com/a/b", "main", f"{number:040x}", number)


def edit(by: str = "ann") -> Origin:
    return EditOrigin(by, "put", "a.py")


def publish(state: State, origin: Origin, minutes: float = 0) -> State:
    number = state.next_number
    created = WHEN + timedelta(minutes=minutes)
    return state.after(name(number), manifest_of({}, origin=origin, created=created))


def test_a_publication_makes_the_current_version_the_previous_one_and_keeps_it() -> None:
    state = publish(publish(State(scope=GLOBAL), push(1)), push(2)).shown()

    assert (state.current, state.previous, state.view) == (name(2), name(1), name(2))
    assert [entry.name for entry in state.kept] == [name(2), name(1)]
    assert state.applied == push(2)


def test_the_view_is_halfway_from_the_publication_until_it_is_shown() -> None:
    state = publish(publish(State(scope=GLOBAL), push(1)).shown(), push(2))

    assert (state.view, state.view_clean) == (name(1), False)
    assert name(1) in state.living


def test_edits_of_one_sitting_take_one_place_among_the_kept_versions() -> None:
    state = publish(State(scope=GLOBAL), push(1))
    for minute in range(30):
        state = publish(state, edit(), minute)

    assert [entry.name.number for entry in state.kept] == [31, 21, 11, 1]
    assert state.previous == name(30)
    assert name(30) in state.living


def test_edits_by_others_or_after_a_push_take_places_of_their_own() -> None:
    state = State(scope=GLOBAL)
    for origin in (edit("ann"), edit("bob"), push(3), edit("bob"), AdoptOrigin("bob")):
        state = publish(state, origin)

    assert len(state.kept) == 5


def test_pushes_never_share_a_place() -> None:
    state = publish(publish(State(scope=GLOBAL), push(1)), push(2))

    assert len(state.kept) == 2


def test_only_the_latest_are_kept_and_what_runs_always_is() -> None:
    state = State(scope=GLOBAL)
    for number in range(KEPT + 5):
        state = publish(state, push(number))

    assert [entry.name.number for entry in state.kept] == list(range(KEPT + 5, 5, -1))


def test_a_commit_stays_known_as_applied_after_a_rollback() -> None:
    state = publish(publish(State(scope=GLOBAL), push(1)), RollbackOrigin("ann", str(name(1))))

    assert state.applied == push(1)


def test_a_row_is_read_back_as_it_was_written_however_long_what_it_tells_is() -> None:
    state = State(scope=GLOBAL, owner="me", until=WHEN, fence=3)
    for number in range(KEPT + 3):
        long = EditOrigin("\u00e9" * 5000, "put", "x" * 1900)
        state = publish(state, long, number * SITTING.total_seconds())
    state = publish(publish(state, push(1)), RepairOrigin("x"))
    many = [LeftOut("a" * 300, "invalid-path", "b" * 300) for _ in range(100)]
    state = state.without([LeftOut("model.bin", "lfs", "a pointer"), *many])

    entity = entity_of(state, "change")

    assert state_of(entity, GLOBAL) == state
    assert len(entity["Kept"]) < 32_000
    assert len(entity["LeftOut"]) < 9_000
    assert (state.left_out[0], state.left_out_count) == (many[0], 101)


def test_a_row_of_an_earlier_release_says_nothing_of_what_was_left_out() -> None:
    entity = entity_of(State(scope=GLOBAL).without([LeftOut("a", "lfs", "a pointer")]), "change")
    del entity["LeftOut"], entity["LeftOutCount"]

    assert state_of(entity, GLOBAL) == State(scope=GLOBAL)


@pytest.mark.parametrize(
    "wrong",
    [
        {"Current": "x"},
        {"Kept": "{"},
        {"Kept": "[{}]"},
        {"Applied": "{}"},
        {"LeftOut": "[{}]"},
        {"Applied": '{"kind": "adopt", "by": "a"}'},
        {"LeaseUntil": "later"},
        {"Fence": "x"},
        {"Kept": None},
    ],
)
def test_a_row_that_something_else_changed_is_told(wrong: dict[str, object]) -> None:
    entity = {**entity_of(State(scope=GLOBAL), "change"), **wrong}

    with pytest.raises(LedgerError, match="row of GLOBAL"):
        state_of(entity, GLOBAL)


def test_nothing_is_living_before_the_first_version() -> None:
    assert State(scope=GLOBAL).living == frozenset()
    assert replace(State(scope=GLOBAL), current=name(1)).living == {name(1)}
