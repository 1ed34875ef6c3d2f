"""Room for a new revision: beside what stays meanwhile, and beside other apps."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from tests.unit.containerapps.observed import NEW, OLD, observed, replica, revision

from funcyard.capacity.sizes import Size
from funcyard.containerapps.capacity import Capacity, Need, Neighbour, Placed, capacity_of
from funcyard.containerapps.environment import Environment, Profile, ProfileState
from funcyard.containerapps.models import App, Revision
from funcyard.containerapps.observing import Observation
from funcyard.containerapps.template import Container, Scale, ScaleRule, Template

_WHOLE = Size(Fraction(16), Fraction(128))
_HALF = Size(Fraction(8), Fraction(64))


def _template(size: Size | None, least: int = 0, *rules: ScaleRule) -> Template:
    return Template((Container("orch", "image", size),), scale=Scale(least, 10, rules))


def _seen(
    *revisions: Revision,
    most: int = 1,
    size: Size | None = _WHOLE,
    ready: str = OLD,
    template: Template | None = None,
    **replicas: int,
) -> Observation:
    """An app on an E16 profile; so many replicas of each revision."""
    names = {"old": OLD, "new": NEW}
    found = {
        names[name]: tuple(replica(f"{name}-{number}") for number in range(count))
        for name, count in replicas.items()
    }
    told = [replace(one, template=_template(size)) for one in revisions]
    seen = replace(observed(*told, ready=ready), replicas=found)
    app = replace(seen.app, profile="e16", template=template or _template(size))
    environment = Environment("id", "env-dev", profiles=(Profile("e16", "E16", 0, most),))
    state = ProfileState("e16", "E16", 1, 0, most)
    return replace(seen, app=app, environment=environment, profile_states=(state,))


def _capacity(seen: Observation, *neighbours: Neighbour) -> Capacity:
    return capacity_of(seen, neighbours)


def test_a_replica_as_large_as_a_node_needs_another_node_for_the_next_revision() -> None:
    capacity = _capacity(_seen(revision(OLD), old=1))

    assert (capacity.current, capacity.minimum, capacity.maximum) == (1, 0, 1)
    assert capacity.placed == (Placed("orch-dev", OLD, _WHOLE, 1),)
    assert capacity.single == Need(old=1, nodes=2, fits=False)
    assert _capacity(_seen(revision(OLD), most=2, old=1)).single == Need(1, 2, fits=True)


def test_a_revision_that_never_was_ready_gives_way_in_single_mode_alone() -> None:
    capacity = _capacity(_seen(revision(OLD), revision(NEW), old=1, new=1))

    assert capacity.single == Need(old=1, nodes=2, fits=False)
    assert capacity.multiple == Need(old=2, nodes=3, fits=False)


def test_replicas_of_other_apps_take_room() -> None:
    running = replace(revision("other--1"), replicas=2, template=_template(_HALF))
    other = Neighbour(App("id", "other"), (running,))
    capacity = _capacity(_seen(revision(OLD), most=3, size=_HALF, old=1), other)

    assert capacity.placed[1] == Placed("other", "other--1", _HALF, 2)
    assert capacity.single == Need(old=1, nodes=2, fits=True)


def test_a_revision_always_has_what_its_schedule_asks_for() -> None:
    rule = ScaleRule("night", "cron", (("desiredReplicas", "3"),))
    capacity = _capacity(_seen(revision(OLD), most=9, template=_template(_WHOLE, 0, rule), old=1))

    assert (capacity.new, capacity.single) == (3, Need(1, 4, fits=True))


@pytest.mark.parametrize("kind", ["Consumption", "Consumption-GPU-NC24-A100", "Flex"])
def test_a_shared_profile_has_no_nodes_that_run_out(kind: str) -> None:
    seen = observed(revision(NEW), new=(replica("a"),))
    profiles = (Profile("Consumption", kind),)
    environment = Environment("id", "env-dev", profiles=profiles)
    capacity = capacity_of(replace(seen, environment=environment), [])

    assert capacity.is_shared
    assert (capacity.node, capacity.single, capacity.multiple) == (None, None, None)


def test_a_replica_that_fits_on_no_node_is_told() -> None:
    capacity = _capacity(_seen(revision(OLD), size=Size(Fraction(32), Fraction(128)), old=0))

    assert capacity.is_too_large
    assert capacity.single is None


@pytest.mark.parametrize("size", [None, Size(Fraction(0), Fraction(0))])
def test_what_is_not_told_is_named_and_not_guessed(size: Size | None) -> None:
    seen = _seen(revision(OLD), size=size, old=1)
    unsized = replace(revision("other--1"), replicas=1, template=_template(None))
    others = [Neighbour(App("id", "other"), (unsized,)), Neighbour(App("id", "third"))]
    unread = replace(seen, environment=None, profile_states=None, revisions=None)

    assert capacity_of(seen, others).single is None
    assert capacity_of(seen, others).unknown == (
        "what replicas of other--1 ask for is not told",
        "the revisions of third could not be read",
    )
    assert capacity_of(unread, None).unknown == (
        "its environment could not be read",
        "how many nodes there are could not be read",
        "its revisions could not be read",
        "the other apps of the environment could not be read",
    )
