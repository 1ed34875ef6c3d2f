"""What runs of Container Apps in a location: replicas, nodes that they are on, and their events.

Apps and revisions are in the Resource Manager's store. From them the controller decides which
replicas there are; they are placed, started and ended here, by the runtime.
"""

from __future__ import annotations

import asyncio
import logging
import math
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import profiles, revisions, specs
from funcyard.emulator.containerapps.controller import Controller, another
from funcyard.emulator.containerapps.events import CONTROLLER as SOURCE
from funcyard.emulator.containerapps.events import NORMAL, WARNING, EventBook, SystemEvent
from funcyard.emulator.containerapps.fleet import Fleet
from funcyard.emulator.containerapps.naming import ENVIRONMENT
from funcyard.emulator.containerapps.placing import Bounds, Pool
from funcyard.emulator.containerapps.scaling import Scaler
from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.core.folders import remove_folder
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

    from funcyard.emulator.containerapps.fleet import Replica
    from funcyard.emulator.containerapps.resources import Demand
    from funcyard.emulator.containerapps.runtime.interface import (
        LogLine,
        ReplicaEvent,
        Running,
        Runtime,
    )
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept

_LOGGER = logging.getLogger(__name__)
_FULL: Final = (
    "The workload profile has reached its maximum node count. Please increase maximum node count."
)
_COMING: Final = "Waiting for infrastructure to be ready."


class ContainerApps:
    """The replicas of a location.

    Args:
        folder: Where their files lie.
        runtime: Runs replicas; without one they have places, and nothing runs there.

    Attributes:
        fleet: The replicas.
        controller: Decides which there are.
    """

    def __init__(self, folder: Path, runtime: Runtime | None = None) -> None:
        self._folder = folder
        self._runtime = runtime
        self.fleet = Fleet()
        self.controller = Controller(self)
        self._events: EventBook | None = None
        self._core: Core | None = None
        self._pools: dict[tuple[str, str], Pool] = {}
        self._scalers: dict[str, Scaler] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def events(self) -> EventBook:
        """What happened."""
        if self._events is None:
            self._events = EventBook(self._folder / "events.sqlite")
        return self._events

    async def ensure(self, core: Core, app: Kept) -> None:
        """Look after an app; where its template is another one, make a revision of it."""
        self._core = core
        made = revisions.ensure(core, app)
        if made is not None:
            message = f"Updating containerApp: {app.name}"
            self.tell(core, app, "ContainerAppUpdate", message, revision=made.name)
        self.controller.start(core)

    async def remove(self, app: Kept) -> None:
        """End all that runs of an app or a job, and forget it."""
        own = self.fleet.of_app(app.key)
        for one in own:
            self.retire(one)
        while self.fleet.of_app(app.key):
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self.events.forget(app.key)

    async def stop(self) -> None:
        """End everything that runs; what is wanted stays."""
        await self.controller.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._runtime is not None:
            await self._runtime.stop()
        if self._events is not None:
            self._events.close()

    def tell(
        self,
        core: Core,
        app: Kept,
        reason: str,
        message: str,
        *,
        revision: str = "",
        replica: str = "",
        kind: str = NORMAL,
        source: str = SOURCE,
    ) -> None:
        """Keep that something happened to an app or a job."""
        self.events.add(
            SystemEvent(
                environment=app.properties["environmentId"].lower(),
                app=app.key,
                name=app.name,
                revision=revision,
                replica=replica,
                time=core.clock.time(),
                type=kind,
                reason=reason,
                message=message,
                source=source,
            )
        )

    def scaler(self, revision: Kept) -> Scaler:
        """Return what decides how large a revision is."""
        return self._scalers.setdefault(revision.key, Scaler())

    def target(self, revision: Kept) -> int:
        """Return how many replicas a revision should have."""
        return self.scaler(revision).target

    def nodes(self, environment: Kept, profile: str) -> int:
        """Return how many nodes a profile of an environment has now."""
        found = self._pools.get((environment.key, profile))
        bounds = bounds_of(environment).get(profile)
        least = bounds.least if bounds is not None else 0
        return max(least, found.count if found is not None else 0)

    def resize(self, core: Core, app: Kept, revision: Kept, target: int) -> None:
        """Let a revision have more replicas, or fewer: those without a place go first."""
        own = self.fleet.of(revision.key)
        for _ in range(target - len(own)):
            self.fleet.add(another(core, app, revision))
        surplus = sorted(own, key=lambda one: (one.is_ready, one.node is not None, -one.created))
        for one in surplus[: max(0, len(own) - target)]:
            self.retire(one)
        if not revision.properties["active"] and not own:
            self._scalers.pop(revision.key, None)

    def retire(self, replica: Replica) -> None:
        """End a replica; its place is free once it is gone."""
        if replica.is_ending:
            return
        replica.is_ending = True
        if replica.running is not None:
            self._spawn(self._end(replica, replica.running))
        elif replica.node is None or not replica.is_starting:
            self._gone(replica)

    def place(self, core: Core) -> float:
        """Find places for replicas that have none; return when nodes come or go next."""
        due = math.inf
        waiting: dict[tuple[str, str], list[Replica]] = {}
        for one in self.fleet:
            if one.node is None and not one.is_ending:
                waiting.setdefault((one.environment, one.profile), []).append(one)
        for environment in core.store.of_type(ENVIRONMENT):
            for profile, bounds in bounds_of(environment).items():
                key = (environment.key, profile)
                pool = self._pools.setdefault(key, Pool(bounds))
                pool.bounds = bounds
                self._fill(core, pool, key, waiting.get(key, []))
                due = min(due, pool.next_turn(core.clock) or math.inf)
        return due

    def _fill(self, core: Core, pool: Pool, key: tuple[str, str], waiting: list[Replica]) -> None:
        taken: dict[int, list[Demand]] = {}
        for one in self.fleet.on(*key):
            assert one.node is not None  # noqa: S101 - it has a place
            taken.setdefault(one.node, []).append(one.demand)
        pool.turn(core.clock, taken, lacks=False)
        left: list[tuple[Replica, bool]] = []
        for one in sorted(waiting, key=lambda one: one.created):
            placed = pool.place(one.demand, taken)
            if placed.node is None:
                left.append((one, placed.is_full))
                continue
            one.node = placed.node
            taken.setdefault(placed.node, []).append(one.demand)
            self._assigned(core, one)
        if pool.turn(core.clock, taken, lacks=bool(left)) and left:
            self._note(core, left[0][0], "TriggeredScaleUp", f"Adding a node to '{key[1]}'.")
        for one, is_full in left:
            trouble = f"Insufficient capacity on workload profile '{key[1]}'. "
            trouble += _FULL if is_full else _COMING
            if one.trouble != trouble:
                one.trouble = trouble
                self._note(core, one, "AssigningReplicaFailed", trouble, kind=WARNING)

    def _assigned(self, core: Core, replica: Replica) -> None:
        replica.trouble = ""
        message = f"Replica '{replica.name}' has been scheduled to run on a node."
        self._note(core, replica, "AssigningReplica", message)
        self._spawn(self._begin(core, replica))

    async def _begin(self, core: Core, replica: Replica) -> None:
        """Start a replica that has a place."""
        replica.is_starting = True
        try:
            await self._started(core, replica)
        except (FuncyardError, ArmError) as fault:
            self._note(core, replica, "ReplicaFailed", str(fault), kind=WARNING)
            _LOGGER.warning("%s: %s", replica.name, fault)
            replica.trouble = str(fault)
        finally:
            replica.is_starting = False
        if replica.is_ending:
            if replica.running is None:
                self._gone(replica)
            else:
                await self._end(replica, replica.running)
        self.controller.wake()

    async def _started(self, core: Core, replica: Replica) -> None:
        app, revision = core.store.find(replica.app), core.store.find(replica.owner)
        if app is None or revision is None or replica.is_ending:
            return
        values = {
            one["name"]: str(one.get("value") or "")
            for one in app.properties["configuration"]["secrets"] or ()
        }
        scratch = self._folder / "volumes" / replica.name
        spec = specs.of_app(core, app, revision, replica.name, values, scratch)
        if self._runtime is None:
            return
        replica.running = await self._runtime.start(spec, self)

    async def _end(self, replica: Replica, running: Running) -> None:
        await running.stop()
        if self._runtime is not None:
            await self._runtime.forget(replica.name)
        await remove_folder(self._folder / "volumes" / replica.name)
        self._gone(replica)

    def _gone(self, replica: Replica) -> None:
        self.fleet.remove(replica)
        self.controller.wake()

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            _LOGGER.error("a replica cannot be looked after", exc_info=fault)

    def _note(
        self, core: Core, replica: Replica, reason: str, message: str, *, kind: str = NORMAL
    ) -> None:
        app, revision = core.store.find(replica.app), core.store.find(replica.owner)
        if app is not None and revision is not None:
            self.tell(
                *(core, app, reason, message),
                revision=revision.name,
                replica=replica.name,
                kind=kind,
            )

    def happened(self, event: ReplicaEvent) -> None:
        """Keep what the runtime tells of a container."""
        replica, core = self.fleet.find(event.replica), self._core
        if replica is None or core is None:
            return
        app, owner = core.store.find(replica.app), core.store.find(replica.owner)
        if app is None or owner is None:
            return
        self.events.add(
            SystemEvent(
                environment=replica.environment,
                app=app.key,
                name=app.name,
                revision=owner.name,
                replica=replica.name,
                time=event.time,
                type=event.type.value,
                reason=event.reason,
                message=event.message,
                count=event.count,
            )
        )

    def changed(self, running: Running) -> None:  # noqa: ARG002 - as every listener
        """Look at everything again: a replica is another way now."""
        self.controller.wake()

    def printed(self, running: Running, container: str, line: LogLine) -> None:
        """Leave lines to their log books."""


def bounds_of(environment: Kept) -> dict[str, Bounds]:
    """Return what the profiles of an environment allow, by name."""
    given = environment.properties["workloadProfiles"]
    if given is None:
        consumption = profiles.TYPES[profiles.CONSUMPTION.lower()]
        return {consumption.name: Bounds(consumption)}
    return {
        one["name"]: Bounds(
            profiles.type_of(one), one.get("minimumCount") or 0, one.get("maximumCount") or 0
        )
        for one in given
    }
