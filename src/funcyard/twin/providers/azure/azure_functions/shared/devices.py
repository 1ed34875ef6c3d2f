"""The devices of a twin, each looked up when something is about it (``contract/devices.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.contract.devices import (
    DeviceInfo,
    described_in,
    read_device,
    read_twin_device,
    shown_in,
)
from funcyard.twin.contract.errors import ContractError

from .faults import UnreadableError
from .tracing import logger

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from .documents import Documents

    Read = TypeVar("Read")

_LOGGER = logger("devices")


class Devices:
    """What is known of devices.

    Args:
        documents: Where it is read.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def of(self, device: str) -> DeviceInfo | None:
        """Return a device by its id, None where the twin has none of that id.

        Raises:
            UnreadableError: It cannot be told.
        """
        return await self._read(described_in(device), read_device)

    async def called(self, entity: str) -> DeviceInfo | None:
        """Return a device by its id or by that of its twin, None where neither is known.

        Raises:
            UnreadableError: It cannot be told.
        """
        found = await self.of(entity)
        if found is not None:
            return found
        device = await self._read(shown_in(entity), read_twin_device)
        if device is None:
            return None
        found = await self.of(device)
        return found if found is not None and found.twin == entity else None

    async def _read(self, name: str, read: Callable[[bytes], Read]) -> Read | None:
        content = await self._documents.read(name)
        if content is None:
            return None
        try:
            return read(content)
        except ContractError as fault:
            _LOGGER.error("%s: %s", name, fault.message)  # noqa: TRY400
            raise UnreadableError(fault.message) from None
