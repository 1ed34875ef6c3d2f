"""A device in the registry of an IoT Hub.

The identity is the hub's id and the device's. A registry opens for a role of data only, which
counts some minutes after it was assigned: until then what is there is hidden, and writing waits.
https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-azure-ad
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self
from urllib.parse import quote

from azure.core.exceptions import ClientAuthenticationError, ResourceNotFoundError

from funcyard.azure.data_plane import DataPlane, Service
from funcyard.azure.errors import AzureAuthenticationError, AzureNotFoundError
from funcyard.deploy.resource import HiddenYetError, Observed, Resource
from funcyard.deploy.resources.iot_hub import VERSION, IotHub, host_of
from funcyard.deploy.resources.reach import Reach

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funcyard.deploy.diff import Difference
    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import Operation, Wanted

_SERVICE: Final = Service(
    "https://iothubs.azure.net", ".azure-devices.net", {"api-version": "2021-04-12"}
)
_UNAUTHORIZED: Final = 401
_MISSING_ROLE: Final = "DataRoleMissing"
_DEVICES: Final = "/devices/"
_ANY: Final = {"If-Match": "*"}


@dataclass(frozen=True)
class IotDevice(Resource[Reach]):
    """A device with keys that the hub chooses; the hub says whose it is.

    Its secrets are its first key and a connection string for MQTT.
    """

    kind: ClassVar[str] = "iot-device"
    timeout: ClassVar[float] = 600.0
    identity_is_ours: ClassVar[bool] = True
    output_names: ClassVar[frozenset[str]] = frozenset({"id"})
    secret_names: ClassVar[frozenset[str]] = frozenset({"key", "connection_string"})

    @classmethod
    def of(
        cls,
        address: str,
        hub: IotHub,
        name: str,
        *,
        is_enabled: bool = True,
        after: Sequence[str] = (),
    ) -> Self:
        """Return a device of a hub.

        Args:
            address: Its name in the graph.
            hub: Whose registry.
            name: Its id, 1 to 128 letters, digits and ``-.%_*?!(),:=@$'``; case matters.
            is_enabled: Whether it may connect.
            after: Addresses of what else must be there before, such as a role of who deploys.
        """
        status = "enabled" if is_enabled else "disabled"
        identity = f"{hub.identity}{_DEVICES}{name}"
        return cls(address, identity, {"status": status}, (hub.address, *after))

    @property
    def id(self) -> str:
        """Its own id."""
        return self.identity.rpartition(_DEVICES)[2]

    async def read(self, cloud: Reach) -> Observed | None:
        """Return whether it may connect.

        Raises:
            HiddenYetError: No role lets it be read.
        """
        found = await self._found(cloud)
        return None if found is None else Observed({"status": found["status"]})

    async def create(self, cloud: Reach, wanted: Wanted) -> None:
        """Make it; one that is there is not replaced, for its keys are in use."""
        body = {"deviceId": self.id, **wanted.properties, "authentication": {"type": "sas"}}
        await self._send(cloud, "PUT", body)

    async def update(
        self,
        cloud: Reach,
        wanted: Wanted,
        observed: Observed,  # noqa: ARG002  the whole identity is put
        differences: tuple[Difference, ...],  # noqa: ARG002
    ) -> None:
        """Replace its identity, its keys kept."""
        found = await self._found(cloud)
        if found is None:
            raise AzureNotFoundError(f"there is no device {self.id} any more", status=404)
        kept = {name: found[name] for name in ("deviceId", "authentication")}
        etag = {"If-Match": f'"{found["etag"]}"'}
        await self._send(cloud, "PUT", {**kept, **wanted.properties}, headers=etag)

    async def destroy(self, cloud: Reach) -> Operation | None:
        """Delete it, which need not be there."""
        try:
            await self._send(cloud, "DELETE", headers=_ANY)
        except (ResourceNotFoundError, AzureNotFoundError):
            return None
        return None

    def outputs(self, observed: Observed) -> Mapping[str, Json]:  # noqa: ARG002
        """Return its id."""
        return {"id": self.id}

    async def secrets(self, cloud: Reach, names: frozenset[str]) -> Mapping[str, str]:
        """Return its first key, and a connection string with that."""
        found = await self._found(cloud)
        if found is None:
            raise AzureNotFoundError(f"there is no device {self.id}", status=404)
        key = str(found["authentication"]["symmetricKey"]["primaryKey"])
        # A port is HTTPS's; MQTT has one of its own.
        host = (await self._host(cloud)).partition(":")[0]
        secrets = {
            "key": key,
            "connection_string": f"HostName={host};DeviceId={self.id};SharedAccessKey={key}",
        }
        return {name: secrets[name] for name in names}

    async def _found(self, cloud: Reach) -> dict[str, Any] | None:
        try:
            return dict(await self._send(cloud, "GET"))
        except (ResourceNotFoundError, AzureNotFoundError):
            return None
        except AzureAuthenticationError as fault:
            if fault.service_code != _MISSING_ROLE:
                raise
            raise HiddenYetError(f"{self.address}: {fault.message}", hint=fault.hint) from fault

    async def _host(self, cloud: Reach) -> str:
        """Return where the hub is.

        Raises:
            AzureNotFoundError: There is no such hub.
        """
        hub = self.identity.rpartition(_DEVICES)[0]

        async def ask() -> str | None:
            return host_of(await cloud.manager.get(hub, VERSION) or {})

        host = await cloud.addresses.of(hub, ask)
        if host is None:
            raise AzureNotFoundError(f"there is no hub at {hub}", status=404)
        return host

    async def _send(
        self,
        cloud: Reach,
        method: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401  JSON
        """Send a request to the registry, and return what it answers.

        Raises:
            AzureNotFoundError: There is no such hub.
            AzureAuthenticationError: No role allows it, or not yet.
            AzureError: It is refused otherwise, or the hub cannot be reached.
        """
        path = f"{_DEVICES}{quote(self.id, safe='')}"
        host = await self._host(cloud)
        async with DataPlane(cloud.credential, cloud.cloud, _SERVICE, host) as plane:
            try:
                return await plane.send(method, path, body, headers=headers)
            except ClientAuthenticationError as fault:
                if fault.status_code != _UNAUTHORIZED:
                    raise
                raise AzureAuthenticationError(
                    str(fault.message),
                    hint="assign IoT Hub Registry Contributor at the hub to who deploys",
                    status=_UNAUTHORIZED,
                    service_code=_MISSING_ROLE,
                ) from fault
