"""A function app: a site of Python on Linux, and the identities that it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from funcyard.deploy.refs import Ref
from funcyard.deploy.resource import Observed
from funcyard.deploy.resources.arm import ArmResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.diff import Path
    from funcyard.deploy.refs import Json, Value
    from funcyard.deploy.resource import Operation
    from funcyard.deploy.resources.reach import Reach
    from funcyard.deploy.resources.resource_group import ResourceGroup
    from funcyard.deploy.resources.service_plan import ServicePlan
    from funcyard.deploy.resources.user_assigned_identity import UserAssignedIdentity

SITE_VERSION: Final = "2024-11-01"
_RUNTIME: Final = ("properties", "siteConfig", "linuxFxVersion")
_ALWAYS: Final = {"ftpsState": "Disabled", "minTlsVersion": "1.2"}
"""What is configured with every write. A site does not tell it, so it is not compared."""


@dataclass(frozen=True)
class FunctionApp(ArmResource):
    """A function app, reached over HTTPS alone; settings and code are resources of their own.

    Of a site's configuration its document tells the runtime only, and that beside it, among
    ``siteProperties``.
    """

    kind: ClassVar[str] = "function-app"
    version: ClassVar[str] = SITE_VERSION
    output_names: ClassVar[frozenset[str]] = frozenset({"id", "name", "host", "url"})
    fixed: ClassVar[tuple[Path, ...]] = (("location",), ("kind",), ("properties", "reserved"))

    @classmethod
    def of(
        cls,
        address: str,
        group: ResourceGroup,
        plan: ServicePlan,
        name: str,
        location: str,
        *,
        python: str = "3.11",
        identities: tuple[UserAssignedIdentity, ...] = (),
        depends_on: tuple[str, ...] = (),
    ) -> Self:
        """Return an app on a plan.

        Args:
            address: Its name in the graph.
            group: Where it lies.
            plan: What it runs on.
            name: 2 to 60 letters, digits and hyphens, unique in all of Azure.
            location: The plan's region.
            python: Minor version of its Python.
            identities: Who it is towards other services.
            depends_on: Addresses of what goes after it: a queue or container that is taken away
                while the app runs is made anew by the bindings of its functions.
        """
        document: dict[str, Value] = {
            "location": location,
            "kind": "functionapp,linux",
            "properties": {
                "serverFarmId": Ref(plan.address, "id"),
                "reserved": True,
                "httpsOnly": True,
                "siteConfig": {"linuxFxVersion": f"Python|{python}"},
            },
        }
        if identities:
            assigned = {identity.identity: _nothing() for identity in identities}
            document["identity"] = {"type": "UserAssigned", "userAssignedIdentities": assigned}
        return cls(
            address,
            group.inside("Microsoft.Web/sites", name),
            document,
            (group.address, *(identity.address for identity in identities), *depends_on),
        )

    async def read(self, cloud: Reach) -> Observed | None:
        """Return the document that is there, its runtime and identities as they are declared."""
        observed = await super().read(cloud)
        if observed is None:
            return None
        shown: dict[str, Any] = dict(observed.properties)
        properties = dict(shown.get("properties") or {})
        properties["siteConfig"] = {"linuxFxVersion": _runtime(properties)}
        shown["properties"] = properties
        if identity := shown.get("identity"):
            shown["identity"] = self._spelled(identity)
        return Observed(shown, observed.tags)

    def outputs(self, observed: Observed) -> Mapping[str, Json]:
        """Return its id, its name and where it answers."""
        properties: Any = observed.properties["properties"]
        host = str(properties.get("defaultHostName") or "")
        return {"id": self.identity, "name": self.name, "host": host, "url": f"https://{host}"}

    def alike(self, path: Path, wanted: Json, found: Json) -> bool:
        """Whether two spellings name one runtime, or what all types know as one."""
        if path == _RUNTIME:
            return str(wanted).lower() == str(found).lower()
        return super().alike(path, wanted, found)

    async def _put(
        self, cloud: Reach, properties: Mapping[str, Json], tags: Mapping[str, str]
    ) -> Operation | None:
        body: dict[str, Any] = dict(properties)
        inner = dict(body["properties"])
        inner["siteConfig"] = {**inner["siteConfig"], **_ALWAYS}
        return await super()._put(cloud, {**body, "properties": inner}, tags)

    def _spelled(self, identity: Any) -> Any:  # noqa: ANN401  JSON
        """Return identities under the ids by which they are declared: Azure spells its own."""
        declared: Any = self.properties.get("identity") or {}
        names = {name.lower(): name for name in declared.get("userAssignedIdentities") or {}}
        found = identity.get("userAssignedIdentities") or {}
        assigned = {names.get(name.lower(), name): told for name, told in found.items()}
        return {**identity, "userAssignedIdentities": assigned}


def kudu_host(document: Mapping[str, Any]) -> str:
    """Return where the Kudu of a site is, empty where its document does not tell."""
    states = document.get("properties", {}).get("hostNameSslStates") or []
    hosts = (str(one.get("name")) for one in states if one.get("hostType") == "Repository")
    return next(hosts, "")


def _nothing() -> Mapping[str, Value]:
    """Return what is said of an identity beyond its id."""
    return {}


def _runtime(properties: Mapping[str, Any]) -> str:
    told = (properties.get("siteProperties") or {}).get("properties") or []
    found = (one.get("value") for one in told if one.get("name") == "LinuxFxVersion")
    return str(next(found, None) or "")
