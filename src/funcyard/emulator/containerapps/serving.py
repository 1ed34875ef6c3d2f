"""What runs of Container Apps in a location: replicas from their beginning to their end.

Apps, jobs and what they make are in the Resource Manager's store. From them the controller decides
which replicas there are and the scheduler where; here they are started and ended, by the runtime,
and what happens to them is kept.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import executions, identities, revisions, specs
from funcyard.emulator.containerapps.controller import Controller, another
from funcyard.emulator.containerapps.events import (
    CONTROLLER,
    NORMAL,
    WARNING,
    EventBook,
    SystemEvent,
)
from funcyard.emulator.containerapps.fleet import Fleet
from funcyard.emulator.containerapps.fronts import Fronts
from funcyard.emulator.containerapps.metering import Meter
from funcyard.emulator.containerapps.naming import JOB
from funcyard.emulator.containerapps.scaling import Scaler
from funcyard.emulator.containerapps.scheduling import Scheduler
from funcyard.emulator.containerapps.shipping import Shipping
from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.core.folders import remove_folder
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

    from funcyard.emulator.containerapps.fleet import Replica
    from funcyard.emulator.containerapps.runtime.interface import Running, Runtime
    from funcyard.emulator.containerapps.runtime.told import LogLine, ReplicaEvent
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept

_LOGGER = logging.getLogger(__name__)
_AGAIN_SECONDS: Final = 10
"""How long it takes until what could not be started is tried again."""
_LEAST_SECONDS: Final = 0.2
"""The same, of this machine's, however fast time passes."""


class ContainerApps:
    """The replicas of a location.

    Args:
        folder: Where their files lie.
        runtime: Runs replicas.

    Attributes:
        fleet: The replicas.
        scheduler: Where they are.
        controller: Decides which there are.
        fronts: The addresses of apps.
        meter: What replicas of apps use.
        schedules: Of each job's key the schedule, and when it is due next.
    """

    def __init__(self, folder: Path, runtime: Runtime) -> None:
        self._folder = folder
        self._runtime = runtime
        self.fleet = Fleet()
        self.scheduler = Scheduler(self.fleet, self._note, self._begun)
        self.controller = Controller(self)
        self.fronts = Fronts()
        self.meter = Meter(self.fleet)
        self.schedules: dict[str, tuple[str, float | None]] = {}
        self._shipping = Shipping()
        self._events: EventBook | None = None
        self._core: Core | None = None
        self._scalers: dict[str, Scaler] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def events(self) -> EventBook:
        """What happened."""
        if self._events is None:
            self._events = EventBook(self._folder / "events.sqlite")
        return self._events

    async def ensure(self, core: Core, app: Kept) -> None:
        """Look after an app; where its template is another one, make a revision of it.

        Raises:
            ArmError: No port can be bound for it.
        """
        made = revisions.ensure(core, app)
        if made is not None:
            message = f"Updating containerApp: {app.name}"
            self.tell(core, app, "ContainerAppUpdate", message, revision=made.name)
        await self.fronts.ensure(core, app)
        self.start(core)

    def start(self, core: Core) -> None:
        """Look after what is wanted, from now on at the latest."""
        self._core = core
        self.controller.start(core)

    async def remove(self, core: Core, app: Kept) -> None:
        """End all that runs of an app or a job, and forget it."""
        await self.fronts.remove(core, app)
        for replica in self.fleet.of_app(app.key):
            self.retire(replica)
        while self.fleet.of_app(app.key):
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        self.schedules.pop(app.key, None)
        self.meter.forget(app.key)
        self.events.forget(app.key)

    def forget(self, core: Core, revision: Kept) -> None:
        """Take down the address of a revision that is no more."""
        self._spawn(self.fronts.remove(core, revision))

    async def stop(self) -> None:
        """End everything that runs; what is wanted stays."""
        await self.controller.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.meter.stop()
        await self._runtime.stop()
        await self.fronts.stop()
        if self._core is not None:
            self._shipping.flush(self._core)
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
        source: str = CONTROLLER,
    ) -> None:
        """Keep that something happened to an app or a job."""
        self._keep(
            core,
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
            ),
        )

    def _keep(self, core: Core, event: SystemEvent) -> None:
        self.events.add(event)
        self._shipping.event(core, event)

    def scaler(self, revision: Kept) -> Scaler:
        """Return what decides how large a revision is."""
        return self._scalers.setdefault(revision.key, Scaler())

    def target(self, revision: Kept) -> int:
        """Return how many replicas a revision should have."""
        return self.scaler(revision).target

    def resize(self, core: Core, app: Kept, revision: Kept, target: int) -> None:
        """Let a revision have more replicas, or fewer: those without a place go first.

        Those on another profile than the app's go once there are enough on that.
        """
        own = self.fleet.of(revision.key)
        profile = app.properties["workloadProfileName"]
        there = [one for one in own if one.profile == profile]
        for _ in range(target - len(there)):
            self.fleet.add(another(core, app, revision))
        surplus = sorted(there, key=lambda one: (one.is_ready, one.node is not None, -one.created))
        for one in surplus[: max(0, len(there) - target)]:
            self.retire(one)
        if sum(one.is_ready for one in there) >= target:
            for one in own:
                if one.profile != profile:
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
        elif not replica.is_starting:
            self._gone(replica)

    def _begun(self, replica: Replica) -> None:
        """Start a replica that has its place now."""
        replica.is_starting = True
        assert self._core is not None  # noqa: S101 - who has replicas was looked after
        self._spawn(self._begin(self._core, replica))

    async def _begin(self, core: Core, replica: Replica) -> None:
        """Start a replica; what keeps it from that is tried again until it is wanted no more."""
        while not replica.is_ending:
            try:
                await self._start(core, replica)
                break
            except (FuncyardError, ArmError) as fault:
                if replica.trouble != str(fault):
                    replica.trouble = str(fault)
                    self._note(replica, WARNING, "ReplicaFailed", replica.trouble)
            pause = max(_AGAIN_SECONDS / core.clock.scale, _LEAST_SECONDS)
            await core.clock.until(core.clock.time() + pause)
        replica.is_starting = False
        if not replica.is_ending:
            replica.trouble = ""
        elif replica.running is None:
            self._gone(replica)
        else:
            await self._end(replica, replica.running)
        self.controller.wake()

    async def _start(self, core: Core, replica: Replica) -> None:
        app, owner = core.store.find(replica.app), core.store.find(replica.owner)
        if app is None or owner is None:
            return
        values = await identities.values(core, app)
        scratch = self._folder / "volumes" / replica.name
        is_job = app.type == JOB
        spec = (specs.of_execution if is_job else specs.of_app)(
            core, app, owner, replica.name, values, scratch
        )
        replica.running = await self._runtime.start(spec, self)
        if is_job:
            self._spawn(executions.watch(self, core, replica, replica.running))
        else:
            self.meter.start(core.clock)

    async def _end(self, replica: Replica, running: Running) -> None:
        await running.stop()
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

    def _note(self, replica: Replica, kind: str, reason: str, message: str) -> None:
        """Keep that something happened to a replica."""
        core = self._core
        if core is None:
            return
        app, owner = core.store.find(replica.app), core.store.find(replica.owner)
        if app is not None and owner is not None:
            names = {"revision": owner.name, "replica": replica.name}
            self.tell(core, app, reason, message, **names, kind=kind)

    def happened(self, event: ReplicaEvent) -> None:
        """Keep what the runtime tells of a container."""
        replica, core = self.fleet.find(event.replica), self._core
        if replica is None or core is None:
            return
        app, owner = core.store.find(replica.app), core.store.find(replica.owner)
        if app is None or owner is None:
            return
        self._keep(
            core,
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
            ),
        )

    def changed(self, running: Running) -> None:  # noqa: ARG002 - as every listener
        """Look at everything again: a replica is another way now."""
        self.controller.wake()

    def printed(self, running: Running, container: str, line: LogLine) -> None:
        """Send a line to the environment's workspace; it is in its log book already."""
        replica = self.fleet.find(running.spec.name)
        if replica is not None and self._core is not None:
            self._shipping.line(self._core, replica, running, container, line)
