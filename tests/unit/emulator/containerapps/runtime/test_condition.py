"""What is told of a container: one state, which is replaced whole."""

from __future__ import annotations

from funcyard.emulator.containerapps.runtime.condition import Condition
from funcyard.emulator.containerapps.runtime.told import ContainerState, RunningState
from funcyard.emulator.core.clock import Clock

_AFTERNOON = Clock(time=lambda: 1_800_018_000.0)


class _Told:
    """A container, and each of its states that was told."""

    def __init__(self) -> None:
        self.states: list[ContainerState] = []
        self.condition = Condition(
            "main", _AFTERNOON, lambda: self.states.append(self.condition.state)
        )


def test_a_container_waits_to_be_started_at_first() -> None:
    first = _Told().condition.state
    assert (first.name, first.running_state) == ("main", RunningState.WAITING)
    assert (first.reason, first.container_id) == ("ContainerCreating", "")


def test_each_start_has_an_id_of_its_own_and_is_told_in_azures_words() -> None:
    told = _Told()
    told.condition.runs()
    told.condition.change(is_ready=True, is_started=True, listening_ports=(80,))
    told.condition.terminated(3, "Error")
    told.condition.waits("CrashLoopBackOff")
    told.condition.change(restart_count=1)
    told.condition.runs()

    first, ready, ended, waiting, _, again = told.states
    assert first.details == "Container started at: 1/15/2027 1:00:00 PM."
    assert (ready.is_ready, ready.container_id) == (True, first.container_id)
    assert ended.details == "Container terminated with exit code 3 and reason: Error"
    assert (ended.exit_code, ended.is_ready, ended.is_started) == (3, False, False)
    assert waiting.details == "Container is waiting with reason: CrashLoopBackOff"
    assert (again.reason, again.restart_count, again.listening_ports) == ("", 1, ())
    assert again.container_id.startswith("containerd://")
    assert again.container_id != first.container_id


def test_what_was_so_before_is_not_told_again() -> None:
    told = _Told()
    told.condition.waits("ImagePullBackOff")
    told.condition.waits("ImagePullBackOff")
    told.condition.change(digest="")
    assert len(told.states) == 1
