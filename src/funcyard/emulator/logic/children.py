"""What is read of a workflow: its trigger, its runs, and what the actions of a run did.

https://learn.microsoft.com/rest/api/logic/workflow-runs
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.backing import ReadOnly
from funcyard.emulator.core.types import ResourceType, bare_type
from funcyard.emulator.logic.definition import definition_of
from funcyard.emulator.logic.naming import VERSIONS, WORKFLOW
from funcyard.emulator.logic.serving import runs_of

if TYPE_CHECKING:
    from funcyard.emulator.core.backing import Backing
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.target import Target

_TIMES: Final = ("startTime", "endTime")


def _workflow(core: Core, target: Target) -> Kept | None:
    """Return the workflow that something is part of, or that it is."""
    above = target
    while above.parent is not None:
        above = above.parent
    return core.store.find(above.key)


def _triggers(kept: Kept | None) -> list[Json]:
    if kept is None:
        return []
    told = kept.properties
    definition = definition_of(told["definition"], told.get("parameters") or {})
    properties = {name: told[name] for name in ("createdTime", "changedTime", "state")}
    properties["provisioningState"] = "Succeeded"
    return [_shown(f"{kept.id}/triggers/{definition.trigger}", "triggers", properties)]


def _runs(core: Core, kept: Kept | None) -> list[Json]:
    return [] if kept is None else [_run(kept, one) for one in runs_of(core, kept).all()]


def _actions(core: Core, run: Target) -> list[Json]:
    kept = _workflow(core, run)
    found = None if kept is None else runs_of(core, kept).find(run.name)
    if kept is None or found is None:
        return []
    base = f"{kept.id}/runs/{found['name']}/actions"
    return [
        _shown(f"{base}/{name}", "runs/actions", told) for name, told in found["actions"].items()
    ]


class _Triggers(ReadOnly):
    async def get(self, core: Core, target: Target) -> Json | None:
        """Return the trigger."""
        return _one(_triggers(_workflow(core, target)), target.name)

    async def list(self, core: Core, parent: Target) -> list[Json]:
        """Return it as the only one."""
        return _triggers(_workflow(core, parent))


class _Runs(ReadOnly):
    async def get(self, core: Core, target: Target) -> Json | None:
        """Return a run."""
        kept = _workflow(core, target)
        found = None if kept is None else runs_of(core, kept).find(target.name)
        return None if kept is None or found is None else _run(kept, found)

    async def list(self, core: Core, parent: Target) -> list[Json]:
        """Return all runs, the newest first."""
        return _runs(core, _workflow(core, parent))


class _Actions(ReadOnly):
    async def get(self, core: Core, target: Target) -> Json | None:
        """Return what an action did."""
        parent = target.parent
        return None if parent is None else _one(_actions(core, parent), target.name)

    async def list(self, core: Core, parent: Target) -> list[Json]:
        """Return what all actions of a run did."""
        return _actions(core, parent)


def _one(found: list[Json], name: str) -> Json | None:
    return next((one for one in found if one["name"].lower() == name.lower()), None)


def _run(kept: Kept, found: Json) -> Json:
    identity = f"{kept.id}/runs/{found['name']}"
    trigger = {**found["trigger"], "status": "Succeeded", "startTime": found["startTime"]}
    told = {name: found[name] for name in _TIMES if found[name] is not None}
    properties = {
        **told,
        "status": found["status"],
        "workflow": {"id": kept.id, "name": kept.name, "type": WORKFLOW},
        "trigger": trigger,
        "outputs": {},
    }
    return _shown(identity, "runs", properties)


def _shown(identity: str, kind: str, properties: Json) -> Json:
    name = identity.rpartition("/")[2]
    return {"id": identity, "name": name, "type": f"{WORKFLOW}/{kind}", "properties": properties}


def _type(kind: str, backing: Backing, note: str) -> ResourceType:
    return bare_type(
        name=f"{WORKFLOW}/{kind}",
        versions=VERSIONS,
        backing=backing,
        note=note,
    )


TRIGGERS: Final = _type("triggers", _Triggers(), "the Request trigger of a workflow, read")
RUNS: Final = _type("runs", _Runs(), "what was run, read, the newest first")
ACTIONS: Final = _type("runs/actions", _Actions(), "what each action of a run did, read")
