"""Messages from services that wait for devices, in order, each handed to one taker at a time.

https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from funcyard.emulator.durations import duration
from funcyard.emulator.iothub import errors
from funcyard.emulator.iothub.mqtt import packets, topics
from funcyard.emulator.iothub.store import Message

if TYPE_CHECKING:
    from funcyard.emulator.iothub.devices import Device
    from funcyard.emulator.iothub.hub import Hub

MOST: Final = 50
LARGEST: Final = 64 * 1024
_LOCKED_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Lock:
    device: str
    number: int
    until: float


class Queue:
    """What waits for the devices of a hub.

    Args:
        hub: Which.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._locks: dict[str, _Lock] = {}

    def send(
        self, device: Device, body: bytes, properties: dict[str, str], system: dict[str, str]
    ) -> Message:
        """Keep a message for a device; return it.

        Args:
            device: For whom.
            body: Itself.
            properties: What the service says of it.
            system: What the protocol knows of it; ``expiry`` is when it is dropped.

        Raises:
            HubError: It is too large, too late, or too many wait.
        """
        hub, now = self._hub, self._hub.core.clock.time()
        said = {**properties, **system}
        if len(body) + sum(len(f"{name}{one}".encode()) for name, one in said.items()) > LARGEST:
            raise errors.HubError(413, "MessageTooLarge")
        if hub.store.count(device.id, now) >= MOST:
            raise errors.HubError(403, "DeviceMaximumQueueDepthExceeded")
        settings = hub.kept.properties["cloudToDevice"]
        lasts = duration(settings["defaultTtlAsIso8601"])
        assert lasts is not None  # noqa: S101 - a hub with another is refused
        expires = now + lasts
        if "expiry" in system:
            expires = _moment(system["expiry"])
            if expires <= now:
                raise errors.bad_argument("The message has expired.")
        told = {"message-id": str(uuid.uuid4()), **system}
        made = Message(0, hub.core.clock.stamp(), expires, told, properties, body)
        if len(topics.of_message(device.id, made).encode()) > packets.LONGEST_TOPIC:
            raise errors.HubError(
                413, "MessageTooLarge", "The properties do not fit into a topic of MQTT."
            )
        message = hub.store.add(device.id, made)
        connection = hub.connection(device.id)
        if connection is not None:
            connection.tell_waiting()
        return message

    def take(self, device: str, *, is_held: bool = False) -> tuple[str, Message] | None:
        """Hand over the oldest message that nobody has; return its lock with it.

        Args:
            device: To whom.
            is_held: Whether the lock lasts as long as the device is connected.
        """
        now = self._hub.core.clock.time()
        self._forget(now)
        held = {lock.number for lock in self._locks.values()}
        most = self._hub.kept.properties["cloudToDevice"].get("maxDeliveryCount", 10)
        for message in self._hub.store.waiting(device, now):
            if message.number in held:
                continue
            if message.deliveries >= most:
                self._hub.store.remove(message.number)  # it is dead: nobody could take it
                continue
            count = message.deliveries + 1
            self._hub.store.delivered(message.number, count)
            lock = str(uuid.uuid4())
            until = float("inf") if is_held else now + _LOCKED_SECONDS
            self._locks[lock] = _Lock(device, message.number, until)
            return lock, replace(message, deliveries=count)
        return None

    def settle(self, device: str, lock: str) -> None:
        """Forget a message that was taken, or that its device will not have.

        Raises:
            HubError: Nobody has it by that lock.
        """
        self._hub.store.remove(self._pop(device, lock).number)

    def abandon(self, device: str, lock: str) -> None:
        """Let a message be handed over again.

        Raises:
            HubError: Nobody has it by that lock.
        """
        self._pop(device, lock)
        connection = self._hub.connection(device)
        if connection is not None:
            connection.tell_waiting()

    def release(self, device: str) -> None:
        """Let everything be handed over again that a device had while it was connected."""
        self._locks = {
            lock: one
            for lock, one in self._locks.items()
            if one.device != device or one.until != float("inf")
        }

    def _pop(self, device: str, lock: str) -> _Lock:
        self._forget(self._hub.core.clock.time())
        found = self._locks.get(lock)
        if found is None or found.device != device:
            raise errors.HubError(412, "DeviceMessageLockLost")
        return self._locks.pop(lock)

    def _forget(self, now: float) -> None:
        self._locks = {lock: one for lock, one in self._locks.items() if one.until > now}


def _moment(text: str) -> float:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise errors.bad_argument(f"'{text}' is no time.") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
