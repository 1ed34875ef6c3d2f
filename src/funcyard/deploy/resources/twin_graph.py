"""What models, twins and relationships of a graph have in common.

The identity is the instance's id and the path in its graph, ids as they are. A graph opens for a
role of data only, which counts some minutes after it was assigned: until then what is there is
hidden, and writing waits.
https://learn.microsoft.com/azure/digital-twins/concepts-security
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

from azure.core.exceptions import ClientAuthenticationError, ResourceNotFoundError

from funcyard.azure.data_plane import DataPlane, Service
from funcyard.azure.errors import AzureAuthenticationError, AzureNotFoundError
from funcyard.deploy.resource import HiddenYetError, Observed, Resource
from funcyard.deploy.resources.digital_twins import VERSION, DigitalTwins, host_of
from funcyard.deploy.resources.reach import Reach

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.diff import Path
    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import Operation

_SERVICE: Final = Service(
    "https://digitaltwins.azure.net", ".digitaltwins.azure.net", {"api-version": "2023-10-31"}
)
_PARTS_OF_AN_ID: Final = 9
_FORBIDDEN: Final = 403
_PATCH: Final = {"Content-Type": "application/json-patch+json"}
_MISSING_ROLE: Final = "DataRoleMissing"


@dataclass(frozen=True)
class GraphPart(Resource[Reach]):
    """Something in the graph of an instance; the instance says whose it is."""

    timeout: ClassVar[float] = 600.0
    identity_is_ours: ClassVar[bool] = True
    output_names: ClassVar[frozenset[str]] = frozenset({"id"})

    @staticmethod
    def named(instance: DigitalTwins, *parts: str) -> str:
        """Return the identity of something in the graph of an instance."""
        return "/".join((instance.identity, *parts))

    @property
    def parts(self) -> list[str]:
        """Where it is in the graph."""
        return self.identity.split("/")[_PARTS_OF_AN_ID:]

    @property
    def id(self) -> str:
        """Its own id."""
        return self.parts[-1]

    @property
    def path(self) -> str:
        """Its address in the graph."""
        return "/" + "/".join(quote(part, safe="") for part in self.parts)

    def outputs(self, observed: Observed) -> Mapping[str, Json]:  # noqa: ARG002
        """Return its id."""
        return {"id": self.id}

    async def destroy(self, cloud: Reach) -> Operation | None:
        """Delete it, which need not be there."""
        try:
            await self.send(cloud, "DELETE", self.path)
        except (ResourceNotFoundError, AzureNotFoundError):
            return None
        return None

    async def found(self, cloud: Reach, **parameters: str) -> dict[str, Any] | None:
        """Return what is at its address, None where nothing is.

        Raises:
            HiddenYetError: No role lets it be read.
        """
        try:
            told = await self.send(cloud, "GET", self.path, parameters=parameters)
        except (ResourceNotFoundError, AzureNotFoundError):
            return None
        except AzureAuthenticationError as fault:
            if fault.service_code != _MISSING_ROLE:
                raise
            raise HiddenYetError(f"{self.address}: {fault.message}", hint=fault.hint) from fault
        return dict(told)

    async def patch(
        self, cloud: Reach, operations: list[dict[str, Any]], path: str | None = None
    ) -> None:
        """Change parts of it by JSON Patch."""
        if operations:
            await self.send(cloud, "PATCH", path or self.path, operations, headers=_PATCH)

    async def send(
        self,
        cloud: Reach,
        method: str,
        path: str,
        body: object = None,
        *,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401  JSON
        """Send a request to the graph, and return what it answers.

        Raises:
            AzureNotFoundError: There is no such instance.
            AzureAuthenticationError: No role allows it, or not yet.
            AzureError: It is refused otherwise, or the graph cannot be reached.
        """
        instance = "/".join(self.identity.split("/")[:_PARTS_OF_AN_ID])

        async def ask() -> str | None:
            return host_of(await cloud.manager.get(instance, VERSION) or {})

        host = await cloud.addresses.of(instance, ask)
        if host is None:
            raise AzureNotFoundError(f"there is no graph at {instance}", status=404)
        async with DataPlane(cloud.credential, cloud.cloud, _SERVICE, host) as plane:
            try:
                return await plane.send(method, path, body, parameters=parameters, headers=headers)
            except ClientAuthenticationError as fault:
                if fault.status_code != _FORBIDDEN:
                    raise
                raise AzureAuthenticationError(
                    str(fault.message),
                    hint="assign Azure Digital Twins Data Owner at the instance to who deploys",
                    status=_FORBIDDEN,
                    service_code=_MISSING_ROLE,
                ) from fault


def step(path: Path, wanted: Mapping[str, Json]) -> dict[str, Any]:
    """Return the operation of JSON Patch that brings a value to what is wanted."""
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
    value: Any = wanted
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return {"op": "remove", "path": pointer}
        value = value[part]
    return {"op": "add", "path": pointer, "value": value}
