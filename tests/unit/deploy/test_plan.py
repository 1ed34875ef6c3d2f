"""A plan says what will be done about each resource, and why, from one reading of each."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import ClassVar

import pytest
from tests.unit.deploy.boxes import Box, BoxCloud, Crate, Slow, box

from funcyard.deploy.deciding import Action, CannotAdoptError
from funcyard.deploy.diff import HIDDEN, spelled
from funcyard.deploy.graph import Graph, needed
from funcyard.deploy.ownership import ADDRESS_TAG, STACK_TAG, ForeignResourceError, tags_of
from funcyard.deploy.plan import Plan, Reading, UnknownAddressError, make_plan
from funcyard.deploy.records import Deed, Pending, Record, State
from funcyard.deploy.refs import Json, Ref, SecretRef
from funcyard.deploy.registry import Registry, UnknownKindError
from funcyard.deploy.resource import Observed
from funcyard.deploy.scope import everywhere, undeclared
from funcyard.deploy.sealing import Seal, Sealed

_SEAL = Seal(b"k" * 32)
_REGISTRY = Registry([Box, Crate])


def _seen(
    resource: Box, tags: Mapping[str, str] | None = None, **properties: Json
) -> tuple[str, Observed]:
    facts: dict[str, Json] = {"state": "Ready", "generation": 1, "fault": None}
    given = tags_of("s", resource.address) if tags is None else tags
    return resource.identity, Observed(
        facts | properties, given if type(resource).has_tags else None
    )


def _recorded(resource: Box, **inputs: Json) -> Record:
    return Record(
        resource.address,
        resource.kind,
        resource.identity,
        tuple(sorted(needed(resource))),
        revision="1",
        made=True,
        inputs=inputs,
    )


def _plan(
    wanted: Iterable[Box],
    seen: Iterable[tuple[str, Observed]] = (),
    records: Iterable[Record] = (),
    adopt: Iterable[str] = (),
) -> Plan[BoxCloud]:
    graph = Graph[BoxCloud](wanted)
    state = State("s", records={record.identity: record for record in records})
    left = undeclared(graph, state, _REGISTRY, everywhere)
    known = dict(seen)
    names = [*(resource.identity for resource in graph), *left]
    reading = Reading(graph, state, {name: known.get(name) for name in names}, left)
    return make_plan(reading, _SEAL, adopt=list(adopt))


def _actions(plan: Plan[BoxCloud]) -> dict[str, str]:
    return {identity: step.decision.action.value for identity, step in plan.steps.items()}


def test_what_is_not_there_is_created_and_what_waits_for_it_is_known_later() -> None:
    a = box("a")
    b = box("b", name=Ref("a", "name"))

    plan = _plan([a, b], [_seen(b, name="old")], [_recorded(b, name="old")])

    assert _actions(plan) == {"/boxes/a": "create", "/boxes/b": "update"}
    (difference,) = plan.steps["/boxes/b"].decision.differences
    assert str(difference) == "name: 'old' → (known later: ${a.name})"
    assert plan.steps["/boxes/b"].waits_for == {"/boxes/a"}


def test_a_second_plan_of_the_same_has_nothing_to_do() -> None:
    a, b = box("a", colour="red"), box("b", name=Ref("a", "name"))

    plan = _plan(
        [a, b],
        [_seen(a, colour="red"), _seen(b, name="/boxes/a")],
        [_recorded(a, colour="red"), _recorded(b, name="/boxes/a")],
    )

    assert not plan.writes
    assert plan.counts() == {Action.NONE: 2}


def test_a_secret_is_not_asked_for_to_see_that_nothing_changed() -> None:
    a, b = box("a"), box("b", key=SecretRef("a", "key"))
    sealed = Sealed("${a:key}", "1", _SEAL.digest("key-1")).as_json()

    same = _plan(
        [a, b], [_seen(a), _seen(b, key="key-1")], [_recorded(a), _recorded(b, key=sealed)]
    )
    drifted = _plan([a, b], [_seen(a), _seen(b, key="x")], [_recorded(a), _recorded(b, key=sealed)])

    assert not same.writes
    (difference,) = drifted.steps["/boxes/b"].decision.differences
    assert (difference.found, difference.wanted) == (HIDDEN, HIDDEN)


def test_a_change_that_cannot_be_made_in_place_replaces() -> None:
    a = box("a", size=2)

    assert _actions(_plan([a], [_seen(a, size=1)], [_recorded(a, size=1)])) == {
        "/boxes/a": "replace"
    }


def test_what_lies_in_something_that_is_replaced_is_replaced_with_it() -> None:
    """A person who is asked must know that its data go; what only depends on it stays."""
    house = box("house", size=2)
    room = Box("room", "/boxes/house/room", {}, ("house",))
    shelf = Box("shelf", "/boxes/house/room/shelf", {}, ("room",))
    neighbour = Box("neighbour", "/boxes/house2", {}, ("house",))
    parts = [room, shelf, neighbour]

    plan = _plan(
        [house, *parts],
        [_seen(house, size=1), *map(_seen, parts)],
        [_recorded(house, size=1), *map(_recorded, parts)],
    )

    assert _actions(plan) == {
        house.identity: "replace",
        room.identity: "replace",
        shelf.identity: "replace",
        neighbour.identity: "none",
    }
    told = plan.steps[room.identity].decision.reason
    assert told == "it goes with house, with what is in it"


def test_what_failed_in_the_cloud_is_written_again() -> None:
    a = box("a")

    plan = _plan([a], [_seen(a, fault="quota")], [_recorded(a)])

    assert plan.steps["/boxes/a"].decision.action is Action.UPDATE
    assert plan.steps["/boxes/a"].decision.reason == "it failed: quota"


@pytest.mark.parametrize(("tags", "adopt"), [(None, []), ({}, ["a"])])
def test_what_failed_in_the_cloud_is_written_again_when_it_is_taken_over(
    tags: dict[str, str] | None, adopt: list[str]
) -> None:
    plan = _plan([box("a")], [_seen(box("a"), tags, fault="quota")], adopt=adopt)

    assert plan.steps["/boxes/a"].decision.action is Action.UPDATE
    assert plan.writes


def test_what_was_not_seen_to_end_is_written_again_where_reading_does_not_tell() -> None:
    for kind, action in ((Box, "none"), (Slow, "update")):
        a = box("a", kind=kind, colour="red")
        pending = Pending(Deed.UPDATE, {"colour": "red"}, "its parts do not answer")
        record = dataclasses.replace(_recorded(a, colour="red"), pending=pending)
        assert _actions(_plan([a], [_seen(a, colour="red")], [record])) == {"/boxes/a": action}


def test_what_vanished_is_made_again_and_the_plan_says_why() -> None:
    a = box("a")

    decision = _plan([a], [], [_recorded(a)]).steps["/boxes/a"].decision

    assert (decision.action, decision.reason) == (Action.CREATE, "it is gone")


def test_what_is_wanted_no_more_is_deleted_after_what_needed_it() -> None:
    a, b, c = box("a"), box("b", "a"), box("c", "b")

    plan = _plan([box("c")], [_seen(a), _seen(b), _seen(c)], [_recorded(x) for x in (a, b, c)])

    assert _actions(plan) == {"/boxes/a": "delete", "/boxes/b": "delete", "/boxes/c": "none"}
    assert plan.steps["/boxes/a"].waits_for == {"/boxes/b"}
    assert plan.steps["/boxes/b"].waits_for == {"/boxes/c"}


def test_records_that_need_each_other_in_a_circle_can_all_be_deleted() -> None:
    a, b = box("a", "b"), box("b", "a")

    plan = _plan([], [_seen(a), _seen(b)], [_recorded(a), _recorded(b)])

    waits = {identity: step.waits_for for identity, step in plan.steps.items()}
    assert sorted(map(len, waits.values())) == [0, 1]


def test_another_name_at_an_address_is_made_before_the_old_one_goes() -> None:
    old = box("a")
    new = dataclasses.replace(old, identity="/boxes/a2")

    plan = _plan([new], [_seen(old)], [_recorded(old)])

    assert _actions(plan) == {"/boxes/a2": "create", "/boxes/a": "delete"}
    assert plan.steps["/boxes/a"].waits_for == {"/boxes/a2"}


def test_another_address_of_the_same_thing_deletes_nothing() -> None:
    old = box("a")
    new = dataclasses.replace(old, address="z")

    plan = _plan([new], [_seen(old)], [_recorded(old)])

    assert _actions(plan) == {"/boxes/a": "update"}
    (difference,) = plan.steps["/boxes/a"].decision.differences
    assert spelled(difference.path) == f"tags.{ADDRESS_TAG}"


def test_what_is_recorded_and_gone_is_only_forgotten() -> None:
    plan = _plan([], [], [_recorded(box("a"))])

    assert _actions(plan) == {"/boxes/a": "forget"}
    assert not plan.writes


def test_what_another_stack_took_over_is_not_deleted() -> None:
    a = box("a")

    step = _plan([], [_seen(a, {STACK_TAG: "theirs"})], [_recorded(a)]).steps["/boxes/a"]

    assert step.decision.action is Action.FORGET
    assert step.decision.reason == "it belongs to the stack theirs and is left alone"


@pytest.mark.parametrize("tags", [{}, {STACK_TAG: "theirs"}])
@pytest.mark.parametrize("kind", [Box, Crate])
def test_what_others_made_is_refused_unless_adopted(tags: dict[str, str], kind: type[Box]) -> None:
    a = box("a", colour="red", kind=kind)
    seen = _seen(a, tags, colour="blue")

    with pytest.raises(ForeignResourceError) as told:
        _plan([a], [seen])
    plan = _plan([a], [seen], adopt=["a"])

    assert told.value.exit_code == 3
    assert told.value.hint is not None
    assert "--adopt a" in told.value.hint
    assert _actions(plan) == {"/boxes/a": "adopt"}
    assert plan.writes


def test_every_foreign_resource_is_told_at_once() -> None:
    a, b = box("a"), box("b")

    with pytest.raises(ForeignResourceError, match=r"/boxes/a.*; b: /boxes/b"):
        _plan([a, b], [_seen(a, {}), _seen(b, {})])


def test_an_announced_creation_makes_only_a_type_without_tags_ours() -> None:
    pending = Pending(Deed.CREATE, {})
    crate, other = box("a", kind=Crate), box("a")
    unsure = [
        dataclasses.replace(_recorded(x), made=False, pending=pending) for x in (crate, other)
    ]

    assert _actions(_plan([crate], [_seen(crate)], [unsure[0]])) == {"/boxes/a": "none"}
    with pytest.raises(ForeignResourceError):
        _plan([other], [_seen(other, {})], [unsure[1]])


def test_what_bears_our_tags_is_taken_back_without_a_record() -> None:
    a = box("a", colour="red")

    plan = _plan([a], [_seen(a, colour="red")])

    assert _actions(plan) == {"/boxes/a": "adopt"}
    assert not plan.writes


def test_what_could_only_be_replaced_is_not_adopted() -> None:
    a = box("a", size=2)

    with pytest.raises(CannotAdoptError, match="size: 1 → 2"):
        _plan([a], [_seen(a, {}, size=1)], adopt=["a"])


def test_an_address_to_adopt_has_to_be_one() -> None:
    with pytest.raises(UnknownAddressError, match="no resource has the address b"):
        _plan([box("a")], adopt=["b"])


def test_a_deletion_that_did_not_end_is_ended_before_it_is_made_again() -> None:
    a = box("a")
    record = dataclasses.replace(_recorded(a), pending=Pending(Deed.DELETE, {}))

    assert _actions(_plan([a], [_seen(a)], [record])) == {"/boxes/a": "replace"}


def test_a_record_of_a_type_nobody_knows_is_told() -> None:
    record = dataclasses.replace(_recorded(box("a")), kind="barrel")

    with pytest.raises(UnknownKindError, match="a is recorded as a barrel"):
        _plan([], [], [record])


def test_an_identity_that_only_we_can_have_given_needs_no_record() -> None:
    @dataclasses.dataclass(frozen=True)
    class Grant(Crate):
        identity_is_ours: ClassVar[bool] = True

    a = box("a", kind=Grant)

    assert _actions(_plan([a], [_seen(a)])) == {"/boxes/a": "adopt"}
