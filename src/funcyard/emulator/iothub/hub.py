"""A hub that is served: its devices, those that are connected, and what passes between.

Whatever a device sent was published, and so kept, before the device is told that it was accepted;
whatever a service sent is kept until the device has taken it.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from funcyard.emulator.iothub import devices, errors, telemetry, twins
from funcyard.emulator.iothub.naming import hub_named
from funcyard.emulator.iothub.queue import Queue

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.events import Event
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.iothub.devices import Device
    from funcyard.emulator.iothub.store import HubStore

_FIRST_NUMBER: Final = 241791198
_TICKS: Final = 10_000_000
_SINCE_YEAR_1: Final = 62135596800


class Connection(Protocol):
    """A device that is connected."""

    def tell_desired(self, change: Json, version: int) -> None:
        """Tell it what of its desired properties changed."""
        ...

    def tell_waiting(self) -> None:
        """Tell it that a message waits."""
        ...

    @property
    def takes_methods(self) -> bool:
        """Whether it asked to be called."""
        ...

    async def call(self, name: str, payload: Any, seconds: float) -> tuple[int, Any]:  # noqa: ANN401 - JSON
        """Call a direct method of it; return its status and what it answered.

        Raises:
            TimeoutError: It did not answer in time, or left.
        """
        ...

    async def end(self) -> None:
        """Let go of it."""
        ...


class Hub:
    """A hub that is served.

    Args:
        core: Where it is known.
        name: Its own.
        store: What it keeps.

    Attributes:
        core: Where it is known.
        name: Its own.
        store: What it keeps.
        queue: What waits for its devices.
    """

    def __init__(self, core: Core, name: str, store: HubStore) -> None:
        self.core = core
        self.name = name
        self.store = store
        self.queue = Queue(self)
        self._connections: dict[str, Connection] = {}
        self._changed = asyncio.Condition()

    @property
    def kept(self) -> Kept:
        """Itself, as the Resource Manager keeps it.

        Raises:
            HubError: It is about to be no more.
        """
        found = hub_named(self.core, self.name)
        if found is None:
            raise errors.HubError(404, "IotHubNotFound")
        return found

    def device(self, name: str) -> Device:
        """Return a device.

        Raises:
            HubError: There is none.
        """
        found = self.store.device(name)
        if found is None:
            raise errors.no_device(name)
        return found

    def is_connected(self, name: str) -> bool:
        """Whether a device is connected."""
        return name in self._connections

    def connection(self, name: str) -> Connection | None:
        """Return the connection of a device; None while it is away."""
        return self._connections.get(name)

    def shown(self, device: Device) -> Json:
        """Return a device as the registry shows it."""
        waiting = self.store.count(device.id, self.core.clock.time())
        return devices.shown(device, is_connected=self.is_connected(device.id), waiting=waiting)

    def twin(self, device: Device) -> Json:
        """Return the twin of a device as services see it."""
        shown = self.shown(device)
        twin = device.twin
        return {
            "deviceId": device.id,
            "etag": twin.etag,
            "deviceEtag": device.etag,
            "status": device.status,
            "statusUpdateTime": device.status_changed,
            "connectionState": shown["connectionState"],
            "lastActivityTime": device.active,
            "cloudToDeviceMessageCount": shown["cloudToDeviceMessageCount"],
            "authenticationType": "sas",
            "x509Thumbprint": {"primaryThumbprint": None, "secondaryThumbprint": None},
            "modelId": "",
            "version": twin.version,
            "tags": twin.tags,
            "properties": {
                "desired": twins.for_service(twin.desired),
                "reported": twins.for_service(twin.reported),
            },
            "capabilities": {"iotEdge": False},
        }

    def twin_for_device(self, name: str) -> Json:
        """Return the properties of a device as it sees them itself."""
        return twins.for_device(self.device(name).twin)

    async def create(self, name: str, body: Json) -> Device:
        """Make a device.

        Raises:
            HubError: It is there, or can be none.
        """
        if self.store.device(name) is not None:
            raise errors.device_exists(name)
        now = self.core.clock.time()
        generation = str(int((now + _SINCE_YEAR_1) * _TICKS))
        stamp = self.core.clock.stamp()
        made = devices.made(name, body, generation=generation, number=_FIRST_NUMBER)
        blank = twins.Part(metadata={"$lastUpdated": stamp})
        made = replace(made, twin=twins.Twin(desired=blank, reported=blank))
        if body.get("tags") or body.get("properties"):
            twin, _ = twins.patched(made.twin, body, stamp)
            made = replace(made, twin=twin)
        self.store.save(made)
        await self._publish(
            telemetry.of_registry("Created", self.name, made, self.twin(made), stamp)
        )
        return made

    async def change(self, device: Device, body: Json) -> Device:
        """Replace the identity of a device; one that is disabled is let go of."""
        after = devices.changed(device, body, self.core.clock.stamp())
        self.store.save(after)
        if not after.is_enabled or after.keys != device.keys:
            await self.let_go(device.id)
        return after

    async def delete(self, device: Device) -> None:
        """Forget a device."""
        await self.let_go(device.id)
        stamp = self.core.clock.stamp()
        twin = self.twin(device)
        with self.store.transaction():
            self.store.drop(device.id)
        await self._publish(telemetry.of_registry("Deleted", self.name, device, twin, stamp))

    def patch_twin(self, device: Device, body: Json, *, is_whole: bool = False) -> Device:
        """Change the twin of a device as a service wants it, and tell the device.

        Raises:
            HubError: It cannot be so.
        """
        now = self.core.clock.stamp()
        twin, change = twins.patched(device.twin, body, now, is_whole=is_whole)
        after = replace(device, twin=twin)
        self.store.save(after)
        connection = self._connections.get(device.id)
        if connection is not None and change is not None:
            connection.tell_desired(change, twin.desired.version)
        return after

    def report(self, name: str, body: Any) -> int:  # noqa: ANN401 - JSON
        """Keep what a device reports; return the version of that.

        Raises:
            HubError: It cannot be kept.
        """
        device = self.device(name)
        twin = twins.reported(device.twin, body, self.core.clock.stamp())
        self.store.save(replace(device, twin=twin))
        return twin.reported.version

    async def accept(self, device: Device, sent: telemetry.Telemetry) -> None:
        """Take a message of a device; return once it is kept.

        Raises:
            HubError: It is too large.
        """
        if len(sent.body) > telemetry.LARGEST:
            raise errors.HubError(413, "MessageTooLarge")
        now = self.core.clock.stamp()
        await self._publish(telemetry.of_message(device, sent, now))

    async def connect(self, device: Device, connection: Connection) -> None:
        """Take up a device; a connection that it has is let go of."""
        await self.let_go(device.id)
        self._connections[device.id] = connection
        await self._note(device.id, "Connected")
        async with self._changed:
            self._changed.notify_all()

    async def leave(self, name: str, connection: Connection) -> None:
        """Take note that a connection ended."""
        if self._connections.get(name) is connection:
            del self._connections[name]
            self.queue.release(name)
            await self._note(name, "Disconnected")

    async def let_go(self, name: str) -> None:
        """End the connection of a device, if it has one."""
        connection = self._connections.get(name)
        if connection is not None:
            await self.leave(name, connection)
            await connection.end()

    async def subscribed(self) -> None:
        """Tell those who wait for a device to take calls that one may."""
        async with self._changed:
            self._changed.notify_all()

    async def callable(self, name: str, seconds: float) -> Connection | None:
        """Return the connection of a device that takes calls; None where it has none in time."""

        def found() -> Connection | None:
            connection = self._connections.get(name)
            return connection if connection is not None and connection.takes_methods else None

        if seconds > 0 and found() is None:
            try:
                async with asyncio.timeout(seconds), self._changed:
                    await self._changed.wait_for(lambda: found() is not None)
            except TimeoutError:
                return None
        return found()

    async def _note(self, name: str, what: str) -> None:
        device = self.store.device(name)
        if device is None:
            return
        now = self.core.clock.stamp()
        count = device.connections + 1
        device = replace(device, connection_changed=now, active=now, connections=count)
        self.store.save(device)
        await self._publish(telemetry.of_connection(what, self.name, device, now))

    async def _publish(self, event: Event) -> None:
        await self.core.events.publish(self.kept.id, event)
