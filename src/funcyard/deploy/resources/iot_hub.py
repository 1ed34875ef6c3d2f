"""An IoT Hub: where devices connect."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from funcyard.deploy.resources.arm import ArmResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.diff import Difference, Path
    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import Observed, Operation, Wanted
    from funcyard.deploy.resources.reach import Reach
    from funcyard.deploy.resources.resource_group import ResourceGroup

TYPE: Final = "Microsoft.Devices/IotHubs"
VERSION: Final = "2023-06-30"
REGISTRY_CONTRIBUTOR: Final = "4ea46cd5-c1b2-4a8e-910b-273211f9ce47"
"""The role with which its devices are written; who deploys devices needs it, too."""
_FREE: Final = "F1"
_POLICIES: Final = {
    "service_connection_string": "service",
    "registry_connection_string": "registryReadWrite",
}


@dataclass(frozen=True)
class IotHub(ArmResource):
    """A hub; what it has and this does not declare, such as routes, stays as it is.

    Its secrets are connection strings of policies of its own: ``service`` may send to devices, read
    and write their twins and call them, ``registryReadWrite`` may make devices.
    """

    kind: ClassVar[str] = "iot-hub"
    version: ClassVar[str] = VERSION
    timeout: ClassVar[float] = 1800.0
    output_names: ClassVar[frozenset[str]] = frozenset({"id", "name", "hostname"})
    secret_names: ClassVar[frozenset[str]] = frozenset(_POLICIES)

    @classmethod
    def of(
        cls, address: str, group: ResourceGroup, name: str, location: str, *, sku: str = "S1"
    ) -> Self:
        """Return a hub in a group.

        Args:
            address: Its name in the graph.
            group: Where it lies.
            name: 3 to 50 letters, digits and hyphens, unique in all of Azure.
            location: Its region.
            sku: ``S1`` to ``S3``, ``B1`` to ``B3``, or the free ``F1``.
        """
        return cls(
            address,
            group.inside(TYPE, name),
            {"location": location, "sku": {"name": sku, "capacity": 1}, "properties": {}},
            (group.address,),
        )

    async def read(self, cloud: Reach) -> Observed | None:
        """Return the document that is there."""
        read = super().read
        return await cloud.addresses.seen(self.identity, lambda: read(cloud), _host)

    async def update(
        self,
        cloud: Reach,
        wanted: Wanted,
        observed: Observed,
        differences: tuple[Difference, ...],
    ) -> Operation | None:
        """Put the document that is there with what is wanted in it: a PUT removes all else."""
        whole = _merged(observed.properties, wanted.properties)
        return await super().update(cloud, replace(wanted, properties=whole), observed, differences)

    async def destroy(self, cloud: Reach) -> Operation | None:
        """Delete it, with its devices."""
        cloud.addresses.tell(self.identity, None)
        return await super().destroy(cloud)

    def is_ready(self, observed: Observed) -> bool:
        """Whether Azure has made all of it, and tells where it is."""
        return super().is_ready(observed) and _host(observed) is not None

    def outputs(self, observed: Observed) -> Mapping[str, Json]:
        """Return its id, name and host name."""
        return {"id": self.identity, "name": self.name, "hostname": _host(observed)}

    async def secrets(self, cloud: Reach, names: frozenset[str]) -> Mapping[str, str]:
        """Return connection strings of services."""
        host = host_of(await cloud.manager.get(self.identity, VERSION) or {})
        found = {}
        for name in names:
            action = f"IotHubKeys/{_POLICIES[name]}/listkeys"
            listed = await cloud.manager.act(self.identity, action, VERSION)
            found[name] = (
                f"HostName={host};SharedAccessKeyName={listed['keyName']};"
                f"SharedAccessKey={listed['primaryKey']}"
            )
        return found

    def replace_when(self, differences: tuple[Difference, ...]) -> bool:
        """Whether its region differs, or one of both is free: neither can become the other."""
        path: Path = ("sku", "name")
        return super().replace_when(differences) or any(
            difference.path == path and _FREE in (difference.wanted, difference.found)
            for difference in differences
        )


def host_of(document: Mapping[str, Json]) -> str | None:
    """Return where a hub is; None where that is not known yet."""
    properties = document.get("properties")
    found = properties.get("hostName") if isinstance(properties, dict) else None
    return str(found) if found else None


def _host(observed: Observed | None) -> str | None:
    return None if observed is None else host_of(observed.properties)


def _merged(there: Mapping[str, Json], wanted: Mapping[str, Json]) -> dict[str, Json]:
    result: dict[str, Any] = dict(there)
    for name, value in wanted.items():
        old = result.get(name)
        both = isinstance(old, dict) and isinstance(value, dict)
        result[name] = _merged(old, value) if both else value  # type: ignore[arg-type]  # both are objects
    return result
