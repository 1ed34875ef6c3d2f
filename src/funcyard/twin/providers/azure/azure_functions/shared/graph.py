"""The graph of twins: readings that become properties of a twin, and values asked of it.

A property carries the time of its reading (``$metadata.NAME.sourceTime``), so an older reading that
comes late changes nothing, and the same one twice is written once.
https://learn.microsoft.com/azure/digital-twins/how-to-manage-twin#update-a-propertys-sourcetime
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from azure.core import MatchConditions
from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.digitaltwins.core.aio import DigitalTwinsClient
from azure.identity.aio import ManagedIdentityCredential

from funcyard.twin.contract.errors import ContractError
from funcyard.twin.contract.times import read_time

from .faults import BadRequestError, StorageError, UnknownError
from .tracing import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from azure.core.pipeline.transport import AioHttpTransport

    from funcyard.twin.contract.telemetry import Telemetry

_ATTEMPTS: Final = 8
_REFUSED: Final = 400
_MODIFIED: Final = 412
_LOGGER = logger("graph")


class Graph:
    """Twins.

    Args:
        client: What reaches them.
    """

    def __init__(self, client: DigitalTwinsClient) -> None:
        self._client = client

    async def twin(self, name: str) -> dict[str, Any] | None:
        """Return a twin, None where there is none of that name.

        Raises:
            StorageError: It cannot be read.
        """
        try:
            return dict(await self._client.get_digital_twin(name))
        except ResourceNotFoundError:
            return None
        except AzureError as fault:
            raise _failed("read", fault) from None

    async def update(self, name: str, telemetry: Telemetry) -> tuple[str, ...]:
        """Let a twin show a reading; return the properties that it changed.

        Raises:
            UnknownError: There is no such twin.
            BadRequestError: Its model does not take the values.
            StorageError: It cannot be written.
        """
        changed: dict[str, None] = {}
        for _ in range(_ATTEMPTS):
            twin = await self.twin(name)
            if twin is None:
                raise UnknownError("the graph has no twin of that device")
            patch = patch_of(twin, telemetry)
            if not patch:
                return tuple(changed)
            if await self._patched(name, patch, str(twin["$etag"])):
                changed |= {one["path"][1:]: None for one in patch if one["path"].count("/") == 1}
        raise StorageError("a twin was changed by others again and again")

    async def _patched(self, name: str, patch: list[dict[str, Any]], etag: str) -> bool:
        try:
            await self._client.update_digital_twin(
                name, patch, etag=etag, match_condition=MatchConditions.IfNotModified
            )
        except ResourceModifiedError:
            return False
        except HttpResponseError as fault:
            if fault.status_code == _MODIFIED:
                return False
            if fault.status_code == _REFUSED:
                _LOGGER.error("the graph refuses a reading: %s", fault)  # noqa: TRY400
                raise BadRequestError("the twin's model does not take these values") from None
            raise _failed("written", fault) from None
        except AzureError as fault:
            raise _failed("written", fault) from None
        return True


def patch_of(twin: Mapping[str, Any], telemetry: Telemetry) -> list[dict[str, Any]]:
    """Return the JSON Patch by which a twin shows a reading; empty where it shows newer ones.

    ``add`` sets a property whether or not it has a value; ``replace`` is refused where it has none.
    One that has none has no metadata that could tell a time either, so it gets its value first, and
    its time by the patch of the twin as it is then.
    """
    told = twin.get("$metadata", {})
    patch: list[dict[str, Any]] = []
    for name, value in telemetry.values.items():
        if not _is_newer(telemetry.time, told.get(name)):
            continue
        patch.append({"op": "add", "path": f"/{name}", "value": value})
        if name in told:
            time = {"op": "add", "path": f"/$metadata/{name}/sourceTime", "value": telemetry.time}
            patch.append(time)
    return patch


def graph(transport: Callable[[], AioHttpTransport], endpoint: str, client_id: str) -> Graph:
    """Return a graph, as the app's own identity reaches it."""
    credential = ManagedIdentityCredential(client_id=client_id, transport=transport())
    return Graph(DigitalTwinsClient(endpoint, credential, transport=transport()))


def _is_newer(time: str, metadata: object) -> bool:
    source = metadata.get("sourceTime") if isinstance(metadata, dict) else None
    if not isinstance(source, str):
        return True
    try:
        return read_time(time) > read_time(source)
    except ContractError:
        return True


def _failed(what: str, fault: AzureError) -> StorageError:
    _LOGGER.error("the graph cannot be %s: %s", what, fault)
    return StorageError(f"the graph cannot be {what}")
