"""Replicas of revisions, as the Resource Manager tells them: what runs now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import errors
from funcyard.emulator.containerapps.addresses import path_of, streams
from funcyard.emulator.containerapps.naming import REPLICA, VERSIONS
from funcyard.emulator.containerapps.runtime.told import ContainerState, RunningState
from funcyard.emulator.core.backing import ReadOnly
from funcyard.emulator.core.types import bare_type

if TYPE_CHECKING:
    from funcyard.emulator.containerapps.fleet import Replica
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.errors import ArmError
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.target import Target

_SHOWN_TYPE: Final = "Microsoft.App/containerapps/revisions/replicas"


def show(core: Core, revision: Kept, replica: Replica) -> Json:
    """Return a replica as answers tell it."""
    template = revision.properties["template"]
    running = replica.running
    states = {} if running is None else {one.name: one for one in running.containers}
    before = {} if running is None else {one.name: one for one in running.init_containers}
    containers = [_state(one, states) for one in template["containers"]]
    first = [_state(one, before) for one in template["initContainers"] or ()]
    is_running = all(one.running_state is RunningState.RUNNING for one in containers)
    details = replica.trouble or next((one.details for one in containers if one.reason), "")
    where = f"{path_of(revision, 'containerApps')}/revisions/{revision.name}"
    at = f"{where}/replicas/{replica.name}"
    properties: Json = {
        "createdTime": f"{datetime.fromtimestamp(replica.created, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "runningState": "Running" if is_running else "NotRunning",
        "runningStateDetails": "" if is_running else details,
        "containers": [_shown(core, one, at) for one in containers],
        "initContainers": [_shown(core, one, at) for one in first],
    }
    return {
        "id": f"{revision.id}/replicas/{replica.name}",
        "name": replica.name,
        "type": _SHOWN_TYPE,
        "properties": properties,
    }


def _state(container: Json, states: dict[str, ContainerState]) -> ContainerState:
    return states.get(container["name"]) or ContainerState(name=container["name"])


def _shown(core: Core, state: ContainerState, replica: str) -> Json:
    host = streams(core)
    at = f"{host}{replica}/containers/{state.name}"
    return {
        "name": state.name,
        "containerId": state.container_id,
        "ready": state.is_ready,
        "started": state.is_started,
        "restartCount": state.restart_count,
        "runningState": state.running_state.value,
        "runningStateDetails": state.details,
        "logStreamEndpoint": f"https://{at}/logstream",
        "execEndpoint": f"wss://{at}/exec",
    }


class _Replicas(ReadOnly):
    """What is wanted decides them."""

    async def get(self, core: Core, target: Target) -> Json | None:
        above = target.parent
        assert above is not None  # noqa: S101 - a replica is part of a revision
        wanted = target.name.lower()
        listed = await self.list(core, above)
        return next((one for one in listed if one["name"].lower() == wanted), None)

    async def list(self, core: Core, parent: Target) -> list[Json]:
        revision = core.store.find(parent.key)
        if revision is None:
            return []
        return [show(core, revision, one) for one in core.container_apps.fleet.of(revision.key)]


def _absent(target: Target) -> ArmError:
    return errors.missing("RevisionReplicaNotFound", "Replica", target.name)


REPLICAS: Final = bare_type(
    name=REPLICA,
    versions=VERSIONS,
    absent=_absent,
    backing=_Replicas(),
    note="each container a process of this machine",
)
