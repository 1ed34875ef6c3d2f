"""The servers of all hubs: started, found, taken down.

A hub has an address of this machine to itself, for two ports are fixed: devices connect to 8883 of
whatever host they are told, by MQTT, and services to 5671, by AMQP. HTTPS is at 443 of it where
that may be bound, so that the hub has a host name without a port, as in Azure; else at a port that
the host name names.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.folders import remove_folder
from funcyard.emulator.iothub.amqp.server import AmqpServer
from funcyard.emulator.iothub.app import HubApp
from funcyard.emulator.iothub.hub import Hub
from funcyard.emulator.iothub.mqtt.server import MqttServer
from funcyard.emulator.iothub.naming import HUB
from funcyard.emulator.iothub.store import HubStore
from funcyard.emulator.listening import bind
from funcyard.emulator.tls import certificate_of
from funcyard.listening import PortError
from funcyard.serving import EmbeddedServer

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept
    from funcyard.emulator.core.store import Store

MQTT_PORT: Final = 8883
AMQP_PORT: Final = 5671
_HTTPS_PORT: Final = 443
_NET: Final = "127.77"
_MOST: Final = 254
_GRACE_SECONDS: Final = 5
_KEEP_ALIVE_SECONDS: Final = 120  # longer than the clients' own, so that they close idle ones


@dataclass(frozen=True, slots=True)
class _Plane:
    hub: Hub
    store: HubStore
    https: EmbeddedServer
    mqtt: MqttServer
    amqp: AmqpServer


class Hubs:
    """The servers of the hubs of a location.

    Args:
        store: Where their addresses are kept; their data lie in its location.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._planes: dict[str, _Plane] = {}

    def host(self, name: str) -> str | None:
        """Return the host name of a hub, with its port where that is not HTTPS's own."""
        kept = self._store.setting(_setting(name))
        if kept is None:
            return None
        address, port = kept
        return str(address) if port == _HTTPS_PORT else f"{address}:{port}"

    def find(self, name: str) -> Hub | None:
        """Return a hub that is served; None where it is not."""
        plane = self._planes.get(name.lower())
        return plane.hub if plane is not None else None

    async def ensure(self, core: Core, kept: Kept) -> None:
        """Serve a hub, unless it is served.

        Raises:
            PortError: No address can be bound.
            HubStoreError: Its folder cannot be used.
        """
        name = kept.name.lower()
        if name in self._planes:
            return
        with ExitStack() as failing:
            store = HubStore(self._folder(name))
            failing.callback(store.close)
            for_https, for_mqtt, for_amqp = self._bound(name)
            for bound in (for_https, for_mqtt, for_amqp):
                failing.callback(bound.close)
            server = certificate_of(
                self._store.private,
                self._folder(name),
                for_mqtt.getsockname()[0],
                now=datetime.fromtimestamp(core.clock.time(), UTC),
            )
            hub = Hub(core, kept.name, store)
            trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            trust.load_cert_chain(server)
            https = EmbeddedServer(
                HubApp(hub),
                for_https,
                grace=_GRACE_SECONDS,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                ssl_certfile=str(server),
            )
            mqtt = MqttServer(hub, for_mqtt, trust)
            amqp = AmqpServer(hub, for_amqp, trust)
            failing.pop_all()
        self._planes[name] = _Plane(hub, store, https, mqtt, amqp)
        await https.start()
        await mqtt.start()
        await amqp.start()

    async def remove(self, name: str) -> None:
        """Serve a hub no more, and delete what it keeps."""
        await self._stop(name.lower())
        await remove_folder(self._folder(name))
        self._store.settle(_setting(name), None)

    async def stop(self) -> None:
        """Serve no hub any more; what they keep stays."""
        await asyncio.gather(*(self._stop(name) for name in list(self._planes)))

    async def _stop(self, name: str) -> None:
        plane = self._planes.pop(name, None)
        if plane is not None:
            await plane.mqtt.stop()
            await plane.amqp.stop()
            await plane.https.stop()
            plane.store.close()

    def _bound(self, name: str) -> tuple[socket.socket, socket.socket, socket.socket]:
        """Return the sockets for HTTPS, MQTT and AMQP, where the hub had them if that is free.

        Raises:
            PortError: This machine has no address left that can be bound.
        """
        fault: PortError | None = None
        for address, port in self._places(name):
            try:
                mqtt = bind(address, MQTT_PORT)
            except PortError as refused:
                fault = refused
                continue
            try:
                amqp = bind(address, AMQP_PORT)
            except PortError as refused:
                mqtt.close()
                fault = refused
                continue
            https = _bound_https(address, port)
            self._store.settle(_setting(name), [address, https.getsockname()[1]])
            return https, mqtt, amqp
        raise PortError(
            fault.message if fault is not None else f"no address of {_NET} is left",
            hint=f"an IoT Hub needs an address of {_NET}.0.0/16 with ports {MQTT_PORT} and"
            f" {AMQP_PORT} free; macOS"
            f" has them after: sudo ifconfig lo0 alias {_NET}.1.1",
        )

    def _places(self, name: str) -> Iterator[tuple[str, int]]:
        """Yield addresses to try, each with the port that HTTPS had or is to have there."""
        kept = self._store.setting(_setting(name))
        if kept is not None:
            yield str(kept[0]), int(kept[1])
        others = {
            self._store.setting(_setting(one.name))[0]
            for one in self._store.of_type(HUB)
            if self._store.setting(_setting(one.name)) is not None
        }
        # Locations on one machine begin at different places.
        third = self._store.key[0] % _MOST + 1
        for last in range(1, _MOST + 1):
            address = f"{_NET}.{third}.{last}"
            if address not in others:
                yield address, _HTTPS_PORT

    def _folder(self, name: str) -> Path:
        return self._store.location / "iothub" / name.lower()


def _bound_https(address: str, port: int) -> socket.socket:
    try:
        return bind(address, port)
    except PortError:
        return bind(address, 0)


def _setting(name: str) -> str:
    return f"address of IoT hub {name.lower()}"
