"""The devices of a deployed twin: where they connect, and by which keys."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from funcyard.deploy.resources.iot_device import IotDevice
from funcyard.errors import UserError
from funcyard.twin.providers.azure.places import layer_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from funcyard.deploy.graph import Graph
    from funcyard.deploy.records import State
    from funcyard.deploy.resources.reach import Reach

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


async def keys_of(devices: Collection[str], graph: Graph[Reach], cloud: Reach) -> dict[str, str]:
    """Return the key of each of some devices, as the hub's registry has it.

    Args:
        devices: Their ids.
        graph: What is wanted of the twin.
        cloud: Where it is.

    Raises:
        AzureNotFoundError: The registry lacks a device.
        AzureError: It cannot be asked.
    """
    asked = [one for one in graph if isinstance(one, IotDevice) and one.id in devices]
    names = frozenset({"key"})
    found = await asyncio.gather(*(one.secrets(cloud, names) for one in asked))
    return {device.id: told["key"] for device, told in zip(asked, found, strict=True)}
