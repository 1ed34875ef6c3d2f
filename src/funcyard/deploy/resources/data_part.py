"""What resources have in common that lie behind the address of another, not in Resource Manager.

The identity is the id of the resource that serves them, and what they are called there. They open
for a role of data only, which counts some minutes after it was assigned: until then what is there
is hidden, and writing waits.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from azure.core.exceptions import ClientAuthenticationError, ResourceNotFoundError

from funcyard.azure.data_plane import DataPlane
from funcyard.azure.errors import AzureAuthenticationError, AzureNotFoundError
from funcyard.deploy.resource import HiddenYetError, Observed, Resource
from funcyard.deploy.resources.reach import Reach

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.azure.data_plane import Service
    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import Operation

_PARTS_OF_AN_ID: Final = 9
_FORBIDDEN: Final = 403
_MISSING_ROLE: Final = "DataRoleMissing"


@dataclass(frozen=True)
class DataPart(Resource[Reach]):
    """Something behind the address of a resource, which says whose it is.

    Attributes:
        service: What it is an address of.
        server_version: Of the API by which the address is asked for.
        role: The role that opens it, in words.
    """

    timeout: ClassVar[float] = 600.0
    identity_is_ours: ClassVar[bool] = True
    output_names: ClassVar[frozenset[str]] = frozenset({"id"})
    service: ClassVar[Service]
    server_version: ClassVar[str]
    role: ClassVar[str]

    @staticmethod
    @abstractmethod
    def host_of(document: Mapping[str, Json]) -> str | None:
        """Return host and port of the resource that serves it; None where there is none yet."""

    @property
    @abstractmethod
    def path(self) -> str:
        """Its address there."""

    @property
    def server(self) -> str:
        """Id of the resource that serves it."""
        return "/".join(self.identity.split("/")[:_PARTS_OF_AN_ID])

    @property
    def parts(self) -> list[str]:
        """What it is called there."""
        return self.identity.split("/")[_PARTS_OF_AN_ID:]

    @property
    def id(self) -> str:
        """Its own id."""
        return self.parts[-1]

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
        """Send a request to what serves it, and return what that answers.

        Raises:
            AzureNotFoundError: There is no such server.
            AzureAuthenticationError: No role allows it, or not yet.
            AzureError: It is refused otherwise, or the server cannot be reached.
        """

        async def ask() -> str | None:
            found = await cloud.manager.get(self.server, self.server_version)
            return self.host_of(found or {})

        host = await cloud.addresses.of(self.server, ask)
        if host is None:
            raise AzureNotFoundError(f"nothing is served by {self.server}", status=404)
        async with DataPlane(cloud.credential, cloud.cloud, self.service, host) as plane:
            try:
                return await plane.send(method, path, body, parameters=parameters, headers=headers)
            except ClientAuthenticationError as fault:
                if fault.status_code != _FORBIDDEN:
                    raise
                raise AzureAuthenticationError(
                    str(fault.message),
                    hint=f"assign {self.role} at {self.server} to who deploys",
                    status=_FORBIDDEN,
                    service_code=_MISSING_ROLE,
                ) from fault
