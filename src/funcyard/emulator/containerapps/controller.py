"""Brings what runs to what is wanted: one task, woken by every change, for all apps of a location.

A turn looks at each app: which of its revisions may run, how many replicas each should have, which
of those have a place, and whether a new revision is ready to take over. What takes time (starting
and ending replicas) goes on in tasks of its own and wakes this one. A turn that is cut short is
made up for by the next: all it knows is in the store or in the fleet.
"""

from __future__ import annotations

import asyncio
import logging
import math
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps import apps, executions, resources, revisions, scaling, states
from funcyard.emulator.containerapps.configurations import SINGLE
from funcyard.emulator.containerapps.events import KEDA, WARNING
from funcyard.emulator.containerapps.fleet import Replica, named
from funcyard.emulator.containerapps.naming import APP, JOB
from funcyard.emulator.core.records import DELETING

if TYPE_CHECKING:
    from funcyard.emulator.containerapps.serving import ContainerApps
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept

_LOGGER = logging.getLogger(__name__)
ACTIVATION_SECONDS: Final = 600
"""How long a revision's replicas may take to be ready: the usual deadline of what runs Azure's."""
_PAUSE_SECONDS: Final = 1.0


class Controller:
    """The one task.

    Args:
        service: What it looks after.
    """

    def __init__(self, service: ContainerApps) -> None:
        self._service = service
        self._wanted = asyncio.Event()
        self._turned = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._core: Core | None = None

    def start(self, core: Core) -> None:
        """Begin to look after apps, if that has not begun."""
        self._core = core
        if self._task is None:
            self._task = asyncio.create_task(self._keep(core), name="container apps")
        self.wake()

    async def stop(self) -> None:
        """Look after them no more."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def wake(self) -> None:
        """Look at everything again, soon."""
        self._wanted.set()

    async def turned(self) -> None:
        """Wait until everything was looked at once more."""
        await self._turned.wait()

    async def _keep(self, core: Core) -> None:
        while True:
            self._wanted.clear()
            try:
                due = self.turn(core)
            except Exception:
                _LOGGER.exception("container apps cannot be looked after")
                due = core.clock.time() + _PAUSE_SECONDS
            turned, self._turned = self._turned, asyncio.Event()
            turned.set()
            left = None if due == math.inf else max(0.0, due - core.clock.time())
            try:
                async with asyncio.timeout(left):
                    await self._wanted.wait()
            except TimeoutError:
                pass

    def turn(self, core: Core) -> float:
        """Look at everything once; return when something is due though nothing happens."""
        due = math.inf
        for one in (*core.store.of_type(APP), *core.store.of_type(JOB)):
            if one.state == DELETING:
                continue
            try:
                look = self._look_at if one.type == APP else self._look_at_job
                due = min(due, look(core, one))
            except Exception:  # what is wrong with one must not keep others from running
                _LOGGER.exception("%s cannot be looked after", one.id)
                due = min(due, core.clock.time() + _PAUSE_SECONDS)
        return min(due, self._service.scheduler.turn(core))

    def _look_at_job(self, core: Core, job: Kept) -> float:
        due = executions.due(self._service, core, job)
        executions.look_at(self._service, core, job)
        return due

    def _look_at(self, core: Core, app: Kept) -> float:
        made = revisions.of(core, app.key)
        if not made:
            return math.inf
        is_single = app.properties["configuration"]["activeRevisionsMode"] == SINGLE
        if is_single:
            made = self._supersede(core, app, made)
        due = math.inf
        for number, one in enumerate(made):
            if one.properties["active"] and not apps.is_stopped(app):
                made[number] = self._bring(core, app, one, made)
                due = min(due, self._due(core, made[number]))
            else:
                self._service.resize(core, app, one, 0)
        newest = made[-1]
        if is_single and newest.properties["isReady"]:
            self._take_over(core, app, made)
        return due

    def _supersede(self, core: Core, app: Kept, made: list[Kept]) -> list[Kept]:
        """Give up, in single mode, revisions between the one that was ready last and the newest."""
        keeps = {made[-1].key}
        ready = revisions.latest_ready(made)
        if ready is not None:
            keeps.add(ready.key)
        left = []
        for one in made:
            if one.properties["active"] and one.key not in keeps:
                left.append(self._deactivated(core, app, one))
            else:
                left.append(one)
        return left

    def _bring(self, core: Core, app: Kept, revision: Kept, made: list[Kept]) -> Kept:
        """Give a revision as many replicas as it should have, and see whether they are ready."""
        told = revision.properties
        scale = told["template"]["scale"]
        scaler = self._service.scaler(revision)
        target = scaler.decide(scale, core.clock, is_new=not told["isReady"])
        if not told["isReady"]:
            # It takes over as large as what it takes over from.
            others = (self._service.fleet.of(one.key) for one in made if one.key != revision.key)
            largest = max((sum(one.is_ready for one in each) for each in others), default=0)
            is_single = app.properties["configuration"]["activeRevisionsMode"] == SINGLE
            if is_single and not told["wasReady"]:
                target = min(max(target, largest), scale["maxReplicas"])
            scaler.target = target
        self._service.resize(core, app, revision, target)
        ready = sum(one.is_ready for one in self._service.fleet.of(revision.key))
        if told["isReady"]:
            return revision
        if ready >= max(target, 1):
            return self._ready(core, app, revision)
        deadline = told["activated"] + ACTIVATION_SECONDS / core.clock.scale
        if told["health"] != "Unhealthy" and core.clock.time() >= deadline:
            self._service.tell(
                *(core, app, "DeploymentProgressDeadlineExceeded"),
                states.overdue(ready, target),
                revision=revision.name,
                kind=WARNING,
            )
            return revisions.changed(core, revision, health="Unhealthy")
        return revision

    def _ready(self, core: Core, app: Kept, revision: Kept) -> Kept:
        tell = self._service.tell
        tell(
            *(core, app, "RevisionReady"),
            f"Successfully provisioned revision '{revision.name}'",
            revision=revision.name,
        )
        for name in scaling.unserved(revision.properties["template"]["scale"]):
            tell(
                *(core, app, "ScaledObjectCheckFailed"),
                f"The scale rule '{name}' is not followed by the local Azure; the minimum counts.",
                revision=revision.name,
                kind=WARNING,
                source=KEDA,
            )
        self.wake()  # from now on it is as large as its requests want
        return revisions.changed(core, revision, isReady=True, wasReady=True, health="Healthy")

    def _take_over(self, core: Core, app: Kept, made: list[Kept]) -> None:
        """Let the newest revision be the only one, which it is ready for."""
        newest = made[-1]
        others = [one for one in made[:-1] if one.properties["active"]]
        if not others:
            return
        self._service.tell(
            *(core, app, "RevisionUpdate"),
            f"Setting traffic weight of '100%' for revision '{newest.name}'",
            revision=newest.name,
        )
        for one in others:
            self._deactivated(core, app, one)
        for one in revisions.prune(core, app):
            self._service.forget(core, one)
        self.wake()

    def _deactivated(self, core: Core, app: Kept, revision: Kept) -> Kept:
        self._service.tell(
            *(core, app, "RevisionDeactivating"),
            f"Deactivating old revisions for ContainerApp '{app.name}'",
            revision=revision.name,
        )
        left = revisions.deactivate(core, revision)
        self._service.resize(core, app, left, 0)
        return left

    def _due(self, core: Core, revision: Kept) -> float:
        told = revision.properties
        due = self._service.scaler(revision).due(told["template"]["scale"], core.clock)
        if not told["isReady"] and told["health"] != "Unhealthy":
            due = min(due, told["activated"] + ACTIVATION_SECONDS / core.clock.scale)
        return due


def another(core: Core, app: Kept, revision: Kept) -> Replica:
    """Return one more replica of a revision, which has no place yet."""
    return Replica(
        name=named(revision.name),
        owner=revision.key,
        app=app.key,
        environment=app.properties["environmentId"].lower(),
        profile=app.properties["workloadProfileName"],
        demand=resources.demand(revision.properties["template"]["containers"]),
        created=core.clock.time(),
    )
