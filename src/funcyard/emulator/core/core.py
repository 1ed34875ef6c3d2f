"""The Resource Manager that runs: what every call needs, and what answers show."""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from funcyard.emulator.core import errors, removing
from funcyard.emulator.core.events import Events
from funcyard.emulator.core.faults import Faults
from funcyard.emulator.core.operations import Operations
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from funcyard.emulator.activitylog.log import ActivityLog
    from funcyard.emulator.containerapps.serving import ContainerApps
    from funcyard.emulator.core.access import Caller
    from funcyard.emulator.core.clock import Clock
    from funcyard.emulator.core.planes import Planes
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.registry import Registry
    from funcyard.emulator.core.store import Store
    from funcyard.emulator.core.target import Target
    from funcyard.emulator.core.types import ResourceType
    from funcyard.emulator.cosmos.accounts import Accounts as CosmosAccounts
    from funcyard.emulator.eventgrid.serving import Grid
    from funcyard.emulator.graph.directory import Directory
    from funcyard.emulator.identity.issuer import Issuer
    from funcyard.emulator.iothub.hubs import Hubs
    from funcyard.emulator.loganalytics.lines import Lines
    from funcyard.emulator.storage.accounts import Accounts
    from funcyard.emulator.web.serving import Sites

_LOGGER = logging.getLogger(__name__)
SUBSCRIPTIONS = (
    "00000000-0000-0000-0000-000000000001",
    "00000000-0000-0000-0000-000000000002",
)
"""The subscriptions of a location; two, so that one may stand for another cloud."""


class Core:
    """The Resource Manager of a location.

    Args:
        store: What it keeps.
        clock: Its time.
        issuer: Whose tokens count.
        registry: The types that it knows.
        url: Where it is reached.
        storage: The data planes of storage accounts.
        web: The data planes of sites.
        planes: The data planes that are applications of their own.
        cosmos: What Cosmos DB accounts hold.
        hubs: The data planes of IoT hubs.
        grid: What delivers events.
        container_apps: What runs of Container Apps.
        activity: What was changed, and what was refused.
        lines: What was sent to workspaces of Log Analytics.
        directory: Applications and service principals of the tenant.
        faults: How it misbehaves; not at all without them.

    Attributes:
        operations: What goes on.
        events: What happens in services.
        writing: Keys of resources that a request changes right now.
        allows: Whether a caller has a role for an action over a scope.
        allows_data: The same for an action of a data plane.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        issuer: Issuer,
        registry: Registry,
        url: str,
        *,
        storage: Accounts,
        web: Sites,
        planes: Planes,
        cosmos: CosmosAccounts,
        hubs: Hubs,
        grid: Grid,
        container_apps: ContainerApps,
        activity: ActivityLog,
        lines: Lines,
        directory: Directory,
        faults: Faults | None = None,
    ) -> None:
        self.store = store
        self.storage = storage
        self.web = web
        self.planes = planes
        self.cosmos = cosmos
        self.hubs = hubs
        self.grid = grid
        self.container_apps = container_apps
        self.activity = activity
        self.lines = lines
        self.directory = directory
        self.clock = clock
        self.issuer = issuer
        self.registry = registry
        self.url = url
        self.faults = faults or Faults.none()
        self.operations = Operations(self)
        self.events = Events()
        self.writing: set[str] = set()
        self.allows: Callable[[Caller, str, str], bool] = lambda *_: True
        self.allows_data: Callable[[Caller, str, str], bool] = lambda *_: True

    async def start(self) -> None:
        """Bring up what is kept, and go on with what was cut short."""
        self.grid.start(self)  # first, for what is published to nobody is lost
        kept = (one for kind in self.registry for one in self.store.of_type(kind.name))
        await asyncio.gather(*(self._bring_up(one) for one in kept))
        await removing.carry_on(self)
        self.operations.resume()

    async def _bring_up(self, kept: Kept) -> None:
        """Serve a resource; one that cannot be keeps no other from it, and may be put again."""
        started = self.type_of(kept).started
        if started is None:
            return
        try:
            await started(self, kept)
        except (FuncyardError, errors.ArmError) as fault:
            _LOGGER.error("%s is not served: %s", kept.id, fault.message)  # noqa: TRY400 - it says what it must
        except Exception:
            _LOGGER.exception("%s is not served", kept.id)

    async def stop(self) -> None:
        """Let go of what goes on; a later start goes on with it."""
        await self.operations.stop()
        await self.hubs.stop()
        await self.container_apps.stop()  # what follows its logs and events ends by that
        await self.planes.stop()
        self.cosmos.stop()
        await self.grid.stop()
        await self.web.stop()
        await self.storage.stop()

    @contextmanager
    def changing(self, key: str) -> Iterator[None]:
        """Let nobody else change a resource meanwhile."""
        self.writing.add(key)
        try:
            yield
        finally:
            self.writing.discard(key)

    def type_of(self, kept: Kept) -> ResourceType:
        """Return the description of a resource's type."""
        return self.registry.find(kept.type)

    def show(self, kept: Kept) -> Json:
        """Return a resource as answers show it."""
        kind = self.type_of(kept)
        shown = kind.show(self, kept) if kind.show else dict(kept.body)
        if kind.has_state:
            state = kind.states.get(kept.state, kept.state)
            properties = {**shown.get("properties", {}), "provisioningState": state}
            shown = {**shown, "properties": properties}
        if kind.etag is not None:
            shown = {"etag": kind.etag(kept), **shown}
        spelled = kind.spell(kept.id) if kind.spell else kept.id
        return {"id": spelled, "name": kept.name, "type": kept.type, **shown}

    async def find(self, target: Target) -> Json | None:
        """Return a resource as answers show it, wherever it is kept; None where it is not there."""
        kind = self.registry.find(target.type)
        if kind.backing is not None:
            return await kind.backing.get(self, replace(target, type=kind.name))
        kept = self.store.find(target.key)
        return None if kept is None else self.show(kept)

    def check_subscription(self, subscription: str) -> None:
        """Refuse a subscription that is not there.

        Raises:
            ArmError: It is not.
        """
        if subscription not in SUBSCRIPTIONS:
            raise errors.subscription_not_found(subscription)
