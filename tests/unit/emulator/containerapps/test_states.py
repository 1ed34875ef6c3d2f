"""How a revision is, by its replicas."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from funcyard.emulator.containerapps.states import Observed, observed

_READY = SimpleNamespace(is_ready=True, is_broken=False)
_STARTING = SimpleNamespace(is_ready=False, is_broken=False)
_BROKEN = SimpleNamespace(is_ready=False, is_broken=True)


def _observed(
    own: list[Any],
    target: int,
    *,
    stopped: bool = False,
    **told: object,
) -> Observed:
    usual = {"active": True, "isReady": True, "health": "Healthy"}
    scale = {"template": {"scale": {"maxReplicas": 3}}}
    fleet = SimpleNamespace(of=lambda _: own)
    service = SimpleNamespace(fleet=fleet, target=lambda _: target)
    core: Any = SimpleNamespace(container_apps=service)
    app: Any = SimpleNamespace(body={"stopped": stopped})
    revision: Any = SimpleNamespace(key="key", properties={**usual, **scale, **told})
    return observed(core, app, revision)


@pytest.mark.parametrize(
    ("own", "target", "state"),
    [
        ([_READY], 1, ("Running", "Healthy", "")),
        ([_READY] * 3, 3, ("RunningAtMaxScale", "Healthy", "")),
        ([], 0, ("ScaledToZero", "Healthy", "")),
        ([_READY, _STARTING], 2, ("Processing", "Healthy", "1/2 replicas ready.")),
        ([_STARTING], 1, ("Processing", "None", "0/1 replicas ready.")),
        ([_READY, _BROKEN], 2, ("Degraded", "Unhealthy", "1/2 replicas ready.")),
        ([_BROKEN], 1, ("Failed", "Unhealthy", "0/1 replicas ready.")),
    ],
)
def test_what_was_ready_is_as_its_replicas_are(
    own: list[Any], target: int, state: tuple[str, str, str]
) -> None:
    seen = _observed(own, target)
    assert (seen.running, seen.health, seen.details) == state
    assert seen.replicas == len(own)


def test_what_never_was_ready_activates_until_its_time_is_over() -> None:
    assert _observed([_BROKEN], 1, isReady=False, health="None") == Observed(
        1, "None", "Activating"
    )
    late = _observed([_BROKEN], 2, isReady=False, health="Unhealthy")
    assert late.running == "ActivationFailed"
    assert late.details == "Deployment Progress Deadline Exceeded. 0/2 replicas ready."


def test_what_may_not_run_has_stopped() -> None:
    assert _observed([], 1, active=False).running == "Stopped"
    assert _observed([], 1, stopped=True) == Observed(0, "Healthy", "Stopped")
