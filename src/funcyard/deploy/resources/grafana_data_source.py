"""A data source of a Grafana."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

from funcyard.deploy.resource import Observed
from funcyard.deploy.resources.grafana_part import GrafanaPart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funcyard.deploy.diff import Difference
    from funcyard.deploy.refs import Properties, Value
    from funcyard.deploy.resource import Wanted
    from funcyard.deploy.resources.grafana import Grafana
    from funcyard.deploy.resources.reach import Reach

_SHOWN: Final = ("name", "type", "access", "url", "jsonData", "secureJsonFields")
_SECRETS: Final = "secureJsonData"
_FIELDS: Final = "secureJsonFields"


@dataclass(frozen=True)
class GrafanaDataSource(GrafanaPart):
    """A data source. Grafana tells which secrets it has and not what they are."""

    kind: ClassVar[str] = "grafana-data-source"
    kept_as: ClassVar[str] = "datasources"

    @classmethod
    def of(
        cls,
        address: str,
        grafana: Grafana,
        uid: str,
        *,
        name: str,
        plugin: str,
        url: Value,
        data: Properties | None = None,
        secrets: Properties | None = None,
        after: Sequence[str] = (),
    ) -> Self:
        """Return a data source of an instance.

        Args:
            address: Its name in the graph.
            grafana: Where it lies.
            uid: Up to 40 letters, digits, ``-`` and ``_``; dashboards name it.
            name: As people see it.
            plugin: What asks it, such as ``marcusolsson-json-datasource``.
            url: Where it is.
            data: What the plugin wants to know (``jsonData``).
            secrets: What of that is secret (``secureJsonData``), references or given secrets.
            after: Addresses of what else must be there before, such as the role that opens it.
        """
        hidden = dict(secrets or {})
        properties: dict[str, Value] = {
            "name": name,
            "type": plugin,
            "access": "proxy",
            "url": url,
            "jsonData": dict(data or {}),
            _SECRETS: hidden,
            _FIELDS: dict.fromkeys(hidden, True),
        }
        identity = f"{grafana.identity}/datasources/{uid}"
        return cls(address, identity, properties, (grafana.address, *after))

    async def read(self, cloud: Reach) -> Observed | None:
        """Return it as it is told, its secrets left out."""
        told = await self.found(cloud)
        if told is None:
            return None
        return Observed({**{name: told.get(name) for name in _SHOWN}, _SECRETS: {}})

    async def create(self, cloud: Reach, wanted: Wanted) -> None:
        """Make it."""
        await self.send(cloud, "POST", "/api/datasources", self._body(wanted))

    async def update(
        self,
        cloud: Reach,
        wanted: Wanted,
        observed: Observed,  # noqa: ARG002
        differences: tuple[Difference, ...],  # noqa: ARG002  all of it is put
    ) -> None:
        """Put all of it."""
        await self.send(cloud, "PUT", self.path, self._body(wanted))

    def _body(self, wanted: Wanted) -> Mapping[str, object]:
        told = {name: value for name, value in wanted.properties.items() if name != _FIELDS}
        return {**told, "uid": self.id}
