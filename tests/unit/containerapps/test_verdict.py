"""One verdict over all states, and no state of one kind taken for one of another."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.containerapps.observed import NEW, OLD, observed, replica, revision, unread

from funcyard.containerapps.models import Replica
from funcyard.containerapps.observing import Observation
from funcyard.containerapps.states import RevisionStates
from funcyard.containerapps.verdict import Standing, verdict


def _standing(seen: Observation) -> Standing:
    return verdict(seen).standing


def test_an_app_runs_whose_latest_revision_has_its_replicas() -> None:
    told = verdict(observed(revision(NEW, least=1), new=(replica("a"),)))

    assert told.standing is Standing.RUNNING
    assert told.because == (f"1 of 1 replicas of {NEW} are ready",)


def test_an_app_that_is_running_with_a_latest_revision_that_failed_is_degraded() -> None:
    seen = observed(
        revision(OLD),
        revision(NEW, state="ActivationFailed"),
        ready=OLD,
        old=(replica("a"),),
        new=(),
    )

    told = verdict(seen)
    assert told.standing is Standing.DEGRADED
    assert told.because == (
        f"{NEW} is ActivationFailed",
        f"{NEW}, the latest, is not ready, {OLD} is",
        f"{OLD} still serves",
    )


@pytest.mark.parametrize("state", ["ActivationFailed", "Activation failed", "Failed"])
def test_nothing_serves_where_the_only_revision_failed(state: str) -> None:
    assert _standing(observed(revision(NEW, state=state), ready="", new=())) is Standing.FAILED


def test_a_container_that_crashes_again_and_again_has_failed_whatever_its_revision_says() -> None:
    crashing = replica("a", ready=False, state="Waiting", details="CrashLoopBackOff", restarts=4)
    told = verdict(observed(revision(NEW, state="Processing"), ready="", new=(crashing,)))

    assert told.standing is Standing.FAILED
    assert told.because[0] == "container orch of a is Waiting: CrashLoopBackOff"


def test_a_revision_that_is_not_ready_and_did_not_fail_is_starting() -> None:
    waiting = replica("b", ready=False, state="Waiting", details="ContainerCreating")
    seen = observed(
        revision(OLD),
        revision(NEW, state="Activating"),
        ready=OLD,
        old=(replica("a"),),
        new=(waiting,),
    )

    assert _standing(seen) is Standing.STARTING


def test_a_revision_that_wakes_from_zero_is_starting() -> None:
    assert _standing(observed(revision(NEW), new=(replica("a", ready=False),))) is Standing.STARTING


def test_no_replica_is_as_it_should_be_where_none_is_wanted() -> None:
    assert _standing(observed(revision(NEW), new=())) is Standing.SCALED_TO_ZERO
    assert _standing(observed(revision(NEW, least=1), new=())) is Standing.FAILED


def test_an_older_revision_without_replicas_that_wants_none_still_answers() -> None:
    seen = observed(revision(OLD), revision(NEW, state="Failed"), ready=OLD, old=(), new=())

    assert verdict(seen).because[-1] == f"{OLD} starts when asked"
    assert _standing(seen) is Standing.DEGRADED


def test_too_few_replicas_are_told_with_those_that_are_not_ready() -> None:
    restarting = replica("b", ready=False, restarts=3)
    told = verdict(observed(revision(NEW, least=2), new=(replica("a"), restarting)))

    assert told.standing is Standing.DEGRADED
    assert told.because == (
        f"1 of 2 replicas of {NEW} are ready",
        "b is not ready: NotRunning, 3 restarts",
    )


def test_a_change_that_failed_beside_what_runs_is_told() -> None:
    seen = observed(revision(NEW), provisioning="Failed", new=(replica("a"),))

    assert _standing(seen) is Standing.DEGRADED


def test_in_multiple_mode_each_revision_that_gets_requests_counts() -> None:
    failed = revision(OLD, state="Failed", weight=50)
    both = observed(failed, revision(NEW, weight=50), mode="Multiple", old=(), new=(replica("a"),))
    without = replace(both, revisions=(replace(failed, traffic_weight=0), revision(NEW, weight=50)))

    assert _standing(both) is Standing.DEGRADED
    assert _standing(without) is Standing.RUNNING


def test_in_multiple_mode_a_revision_without_requests_does_not_serve() -> None:
    seen = observed(
        revision(OLD, weight=0),
        revision(NEW, state="Failed", weight=100),
        ready=OLD,
        mode="Multiple",
        old=(replica("a"),),
        new=(),
    )

    assert _standing(seen) is Standing.FAILED


@pytest.mark.parametrize("status", ["Stopped", "Suspended"])
def test_an_app_that_was_stopped_is_told_as_that(status: str) -> None:
    told = verdict(observed(revision(NEW), running=status, new=()))

    assert told.standing is Standing.STOPPED
    assert told.because == (f"orch-dev is {status}",)


def test_without_an_active_revision_an_app_is_stopped_unless_it_is_only_being_made() -> None:
    assert _standing(observed(revision(NEW, active=False))) is Standing.STOPPED
    assert _standing(observed(provisioning="InProgress")) is Standing.STARTING
    assert _standing(observed(provisioning="Failed")) is Standing.FAILED


def test_where_the_latest_revision_is_off_another_one_serves() -> None:
    seen = observed(
        revision(OLD, weight=100),
        revision(NEW, active=False),
        mode="Multiple",
        old=(replica("a"),),
    )

    assert _standing(seen) is Standing.DEGRADED


def test_what_is_not_told_is_named() -> None:
    seen = observed(revision(NEW))
    nameless = replace(seen, app=replace(seen.app, latest_revision="elsewhere"))

    assert verdict(unread(seen)).because == ("its revisions could not be read",)
    assert verdict(seen).because == (f"the replicas of {NEW} could not be read",)
    assert verdict(nameless).because == ("Azure does not tell of its latest revision: elsewhere",)
    assert {_standing(one) for one in (unread(seen), seen, nameless)} == {Standing.UNKNOWN}


def test_a_failed_revision_beside_one_whose_replicas_are_not_told_is_unknown() -> None:
    seen = observed(revision(OLD), revision(NEW, state="Failed"), ready=OLD, new=())

    assert _standing(seen) is Standing.UNKNOWN


def test_a_revision_that_could_not_be_provisioned_says_why() -> None:
    broken = replace(
        revision(NEW),
        states=RevisionStates("Failed", "Failed", "None", "no node is free", "deadline exceeded"),
    )

    assert verdict(observed(broken, ready="", new=())).because[:2] == (
        f"{NEW} is Failed: deadline exceeded",
        f"{NEW} is Failed: no node is free",
    )


_REPLICAS = st.lists(
    st.builds(
        replica,
        st.sampled_from("abc"),
        ready=st.booleans(),
        state=st.sampled_from(["Running", "Waiting", "Terminated"]),
        details=st.sampled_from(["", "CrashLoopBackOff", "ContainerCreating"]),
        restarts=st.integers(0, 2),
    ),
    max_size=2,
).map(tuple)
_STATES = st.sampled_from(["Running", "Failed", "Activating", "ScaledToZero", "", "Newly Named"])


@settings(max_examples=150, deadline=None)
@given(
    states=st.tuples(_STATES, _STATES),
    active=st.tuples(st.booleans(), st.booleans()),
    least=st.integers(0, 2),
    old=_REPLICAS,
    new=_REPLICAS,
    ready=st.sampled_from([OLD, NEW, ""]),
    mode=st.sampled_from(["Single", "Multiple"]),
    running=st.sampled_from(["Running", "Stopped", "", "Newly Named"]),
)
def test_no_states_together_make_a_verdict_that_the_replicas_belie(
    states: tuple[str, str],
    active: tuple[bool, bool],
    least: int,
    old: tuple[Replica, ...],
    new: tuple[Replica, ...],
    ready: str,
    mode: str,
    running: str,
) -> None:
    seen = observed(
        revision(OLD, active=active[0], state=states[0], weight=50),
        revision(NEW, active=active[1], state=states[1], weight=50, least=least),
        ready=ready,
        mode=mode,
        running=running,
        old=old,
        new=new,
    )

    told = verdict(seen)
    serving = {NEW: active[1] and new, OLD: active[0] and old}
    anyone = any(found and any(one.ready for one in found) for found in serving.values())
    match told.standing:
        case Standing.RUNNING:
            assert len(new) >= max(least, 1)
            assert all(one.ready for one in new)
            assert ready == NEW
        case Standing.SCALED_TO_ZERO:
            assert (new, least, ready) == ((), 0, NEW)
        case Standing.FAILED:
            assert not anyone
        case Standing.STOPPED:
            assert running == "Stopped" or not any(active)
        case Standing.UNKNOWN:
            pytest.fail("everything was told")
    assert told.because
