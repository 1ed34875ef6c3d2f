"""Whether the app is there, and meant to run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.azure.errors import AzureFailedError
from funcyard.containerapps.health.results import Depth, fails, passes, warns

if TYPE_CHECKING:
    from funcyard.containerapps.health.facts import Facts
    from funcyard.containerapps.health.results import Judgement

NAME: Final = "app"
_STOPPED: Final = frozenset({"stopped", "suspended"})
_FAILED: Final = frozenset({"failed", "canceled"})


def check(facts: Facts) -> Judgement:
    """Judge the app itself."""
    app, where = facts.app, facts.resource
    if app is None:
        if (fault := facts.unread) is not None:
            return warns(f"not known: {fault.message}", next=fault.hint or "")
        return _missing(facts)
    states = app.states
    status, change = states.running_status, states.provisioning_state
    seen = (f"provisioningState {change}", f"runningStatus {status}")
    if status.lower() in _STOPPED:
        message = f"{app.name} is {status}: it was stopped, and nothing of it runs"
        start = f"az containerapp start -g {where.group} -n {app.name}"
        return fails(message, seen, start)
    if change.lower() in _FAILED:
        message = f"the last change of {app.name} ended as {change}"
        log = f"az monitor activity-log list --resource-id {where} --offset 1d"
        return fails(message, seen, log, Depth.EFFECT)
    if change.lower() != "succeeded":
        message = f"{app.name} is being changed: {change}"
        return warns(message, seen, "funcyard orch status")
    return passes(f"{app.name} is {change} and {status or 'Running'}")


def _missing(facts: Facts) -> Judgement:
    """Tell what of the way to the app is not there: it, its resource group or its subscription."""
    where, fault = facts.resource, facts.faults.get(NAME)
    match fault.service_code if isinstance(fault, AzureFailedError) else "":
        case "SubscriptionNotFound":
            told, look = f"there is no subscription {where.subscription}", "az account list"
        case "ResourceGroupNotFound":
            told = f"there is no resource group {where.group} in the subscription"
            look = f"az group list --subscription {where.subscription}"
        case _:
            told = f"there is no container app {where.name} in the resource group {where.group}"
            look = f"az containerapp list -g {where.group}"
    return fails(told, next=f"{look} -o table")
