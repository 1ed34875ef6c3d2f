"""The devices of a deployed twin: where they connect, and by which keys."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from funcyard.deploy.resources.iot_device import IotDevice
from funcyard.errors import UserError
from funcyard.twin.providers.azure.places import layer_of

if TYPE_CHECKING:
    from funcyard.deploy.graph import Graph
    from funcyard.deploy.records import State
    from funcyard.deploy.resources.reach import Reach
    from funcyard.twin.config.twin import Twin

_HUB = "iot-hub"


class NotDeployedError(UserError):
    """A twin is not deployed, or has no hub that its devices could connect to."""

    code = "twin-not-deployed"


def hub_of(state: State) -> str:
    """Return the host of a deployed twin's hub.

    Raises:
        NotDeployedError: It has none.
    """
    hubs = [one for one in state.records.values() if one.kind == _HUB and one.made]
    host = next(
        (one.outputs.get("hostname") for one in hubs if layer_of(one.address) == "l1"), None
    )
    if not host:
        raise NotDeployedError("no hub of the twin is deployed", hint="funcyard twin deploy")
    return str(host)


async def keys_of(twin: Twin, graph: Graph[Reach], cloud: Reach) -> dict[str, str]:
    """Return the key of each device, as the hub's registry has it.

    Raises:
        AzureNotFoundError: The registry lacks a device.
        AzureError: It cannot be asked.
    """
    devices = [one for one in graph if isinstance(one, IotDevice)]
    names = frozenset({"key"})
    found = await asyncio.gather(*(one.secrets(cloud, names) for one in devices))
    keys = {device.id: told["key"] for device, told in zip(devices, found, strict=True)}
    return {device.id: keys[device.id] for device in twin.devices if device.id in keys}
