"""A device that is connected by MQTT: what it sends is taken in order, what is for it is sent."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.iothub.errors import HubError
from funcyard.emulator.iothub.mqtt import packets, topics
from funcyard.emulator.iothub.mqtt.packets import BadPacketError, Packet, Publish
from funcyard.emulator.iothub.reading import read_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.core.records import Json
    from funcyard.emulator.iothub.hub import Hub
    from funcyard.emulator.iothub.mqtt.packets import Connect

_LOGGER = logging.getLogger(__name__)
_LAST_NUMBER: Final = 0xFFFF
_MOST_UNDERWAY: Final = 20
_MOST_UNREAD: Final = 4 * 1024 * 1024


class Session:
    """The connection of a device, from its CONNECT on.

    Args:
        hub: Whose device it is.
        device: Its id.
        said: What it said of itself.
        writer: Where it is reached.
    """

    def __init__(self, hub: Hub, device: str, said: Connect, writer: asyncio.StreamWriter) -> None:
        self._hub = hub
        self._device = device
        self._is_clean = said.is_clean
        self._writer = writer
        self._topics: frozenset[str] = frozenset()
        self._calls: dict[str, asyncio.Future[tuple[int, Any]]] = {}
        self._underway: dict[int, str] = {}
        self._number = 0

    @property
    def takes_methods(self) -> bool:
        """Whether it asked to be called."""
        return topics.METHODS in self._topics

    def begin(self) -> bool:
        """Say that it is accepted; return whether its subscriptions were remembered."""
        device = self._hub.device(self._device)
        if self._is_clean:
            self._hub.store.save(replace(device, topics=()))
        else:
            self._topics = frozenset(device.topics)
        is_known = bool(self._topics)
        self._write(packets.connack(packets.ACCEPTED, is_known=is_known))
        return is_known

    async def take(self, packet: Packet) -> None:
        """Do what a packet says.

        Raises:
            BadPacketError: It may not say that.
        """
        if packet.kind == packets.PUBLISH:
            await self._take_message(packets.published(packet))
        elif packet.kind == packets.PUBACK:
            self._take_acknowledgement(packets.acknowledged(packet))
        elif packet.kind == packets.SUBSCRIBE:
            await self._subscribe(*packets.subscribed(packet))
        elif packet.kind == packets.UNSUBSCRIBE:
            number, names = packets.unsubscribed(packet)
            self._keep(self._topics - frozenset(names))
            self._write(packets.unsuback(number))
        elif packet.kind == packets.PINGREQ:
            self._write(packets.pingresp())
        else:
            raise BadPacketError(f"a device sends no packets of type {packet.kind}")
        await self._writer.drain()

    async def send_will(self, will: Publish) -> None:
        """Take the message that a device left for the case that it is lost."""
        sent = topics.telemetry(will.topic, self._device, will.payload)
        device = self._hub.store.device(self._device)
        if sent is not None and device is not None:
            properties = {"iothub-MessageType": "Will", **sent.properties}
            await self._hub.accept(device, replace(sent, properties=properties))

    def tell_desired(self, change: Json, version: int) -> None:
        """Tell it what of its desired properties changed."""
        if topics.DESIRED in self._topics:
            self._send(topics.of_desired(version), {**change, "$version": version})

    def tell_waiting(self) -> None:
        """Send it what waits, as much as may be underway at once."""
        if topics.of_messages(self._device) not in self._topics:
            return
        while len(self._underway) < _MOST_UNDERWAY:
            taken = self._hub.queue.take(self._device, is_held=True)
            if taken is None:
                return
            lock, message = taken
            number = self._next_number()
            self._underway[number] = lock
            topic = topics.of_message(self._device, message)
            again = message.deliveries > 1
            self._write(packets.publish(Publish(topic, message.body, 1, number, is_again=again)))

    async def call(self, name: str, payload: Any, seconds: float) -> tuple[int, Any]:  # noqa: ANN401 - JSON
        """Call a direct method of it; return its status and what it answered.

        Raises:
            TimeoutError: It did not answer in time, or left.
        """
        request = uuid.uuid4().hex
        answered: asyncio.Future[tuple[int, Any]] = asyncio.get_running_loop().create_future()
        self._calls[request] = answered
        try:
            self._send(topics.of_method(name, request), payload)
            async with asyncio.timeout(seconds):
                return await answered
        finally:
            del self._calls[request]

    async def end(self) -> None:
        """Let go of it."""
        for answered in self._calls.values():
            if not answered.done():
                answered.set_exception(TimeoutError())
        self._writer.transport.abort()

    async def _take_message(self, message: Publish) -> None:
        sent = topics.telemetry(message.topic, self._device, message.payload)
        if sent is not None:
            await self._hub.accept(self._hub.device(self._device), sent)
        elif found := topics.TWIN_GET.fullmatch(message.topic):
            self._answer_twin(found[1], self._read_twin)
        elif found := topics.TWIN_PATCH.fullmatch(message.topic):
            self._answer_twin(found[1], lambda: self._report(message.payload))
        elif found := topics.METHOD_ANSWER.fullmatch(message.topic):
            self._take_answer(found[2], int(found[1]), message.payload)
        else:
            raise BadPacketError(f"a hub has no topic {message.topic[:200]!r}")
        if message.qos:
            self._write(packets.puback(message.number))

    def _answer_twin(self, request: str, made: Callable[[], tuple[int, Json, Json | None]]) -> None:
        try:
            status, more, body = made()
        except HubError as fault:
            status, more, body = fault.status, {}, fault.body()
        if topics.TWIN_ANSWERS in self._topics:
            self._send(topics.of_twin_answer(status, request, more), body, is_empty=body is None)

    def _read_twin(self) -> tuple[int, Json, Json | None]:
        return 200, {}, self._hub.twin_for_device(self._device)

    def _report(self, payload: bytes) -> tuple[int, Json, Json | None]:
        version = self._hub.report(self._device, read_json(payload))
        return 204, {"$version": version}, None

    def _take_answer(self, request: str, status: int, payload: bytes) -> None:
        answered = self._calls.get(request)
        if answered is not None and not answered.done():
            answered.set_result((status, read_json(payload) if payload else None))

    def _take_acknowledgement(self, number: int) -> None:
        lock = self._underway.pop(number, None)
        if lock is not None:
            self._hub.queue.settle(self._device, lock)
            self.tell_waiting()

    async def _subscribe(self, number: int, asked: list[tuple[str, int]]) -> None:
        known = topics.allowed(self._device)
        granted = {topic for topic, _ in asked if topic in known}
        self._keep(self._topics | granted)
        codes = [min(qos, 1) if topic in known else packets.REFUSED_TOPIC for topic, qos in asked]
        for topic, _ in asked:
            if topic not in known:
                _LOGGER.warning("%s: a device may not subscribe to %r", self._device, topic[:200])
        self._write(packets.suback(number, codes))
        self.tell_waiting()
        await self._hub.subscribed()

    def _keep(self, wanted: frozenset[str]) -> None:
        self._topics = wanted
        device = self._hub.store.device(self._device)
        if device is not None and not self._is_clean:
            self._hub.store.save(replace(device, topics=tuple(sorted(wanted))))

    def _send(self, topic: str, body: Any, *, is_empty: bool = False) -> None:  # noqa: ANN401 - JSON
        payload = b"" if is_empty else json.dumps(body).encode()
        self._write(packets.publish(Publish(topic, payload)))

    def _write(self, data: bytes) -> None:
        """Send bytes; a device that takes none of what waits for it is let go of."""
        self._writer.write(data)
        transport = self._writer.transport
        if transport.get_write_buffer_size() > _MOST_UNREAD and not transport.is_closing():
            _LOGGER.warning("%s: the device reads nothing and is let go of", self._device)
            transport.abort()

    def _next_number(self) -> int:
        while True:
            self._number = self._number % _LAST_NUMBER + 1
            if self._number not in self._underway:
                return self._number
