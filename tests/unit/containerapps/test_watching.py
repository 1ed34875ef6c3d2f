"""What is different of replicas from one look to the next."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.containerapps.observed import NEW, replica

from funcyard.containerapps.events import Event
from funcyard.containerapps.watching import Change, Looked, changes

_ONE = Looked({NEW: (replica("a"),)})


def test_nothing_is_told_of_what_stays() -> None:
    assert list(changes(_ONE, Looked({NEW: (replica("a"),)}))) == []


def test_replicas_that_come_and_go_are_told() -> None:
    now = Looked({NEW: (replica("b", ready=False, state="Waiting", details="ContainerCreating"),)})

    assert list(changes(_ONE, now)) == [
        Change("a", "", "is gone"),
        Change("b", "", "is new: NotRunning"),
        Change("b", "orch", "Waiting, not ready, ContainerCreating"),
    ]


def test_a_container_that_was_started_again_is_told() -> None:
    now = Looked({NEW: (replica("a", restarts=1),)})

    assert list(changes(_ONE, now)) == [Change("a", "orch", "Running, ready, 1 restarts")]


def test_a_probe_is_told_when_it_fails_and_when_it_fails_again() -> None:
    failed = Event(None, reason="ProbeFailed", message="Probe of Liveness failed", replica="a")
    once = replace(_ONE, probes=(failed,))
    again = replace(_ONE, probes=(replace(failed, count=2),))
    told = Change("a", "", "Probe of Liveness failed")

    assert list(changes(_ONE, once)) == [told]
    assert list(changes(once, once)) == []
    assert list(changes(once, again)) == [told]
