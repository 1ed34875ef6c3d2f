"""A dashboard of a Grafana."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

from funcyard.deploy.resource import Observed
from funcyard.deploy.resources.grafana_part import GrafanaPart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.deploy.diff import Difference
    from funcyard.deploy.refs import Properties
    from funcyard.deploy.resource import Wanted
    from funcyard.deploy.resources.grafana import Grafana
    from funcyard.deploy.resources.reach import Reach

_OWN: Final = ("id", "uid", "version")


@dataclass(frozen=True)
class GrafanaDashboard(GrafanaPart):
    """A dashboard in the folder General; what is declared of its document is held."""

    kind: ClassVar[str] = "grafana-dashboard"
    kept_as: ClassVar[str] = "dashboards"

    @classmethod
    def of(
        cls,
        address: str,
        grafana: Grafana,
        uid: str,
        document: Properties,
        *,
        after: Sequence[str] = (),
    ) -> Self:
        """Return a dashboard of an instance.

        Args:
            address: Its name in the graph.
            grafana: Where it lies.
            uid: Up to 40 letters, digits, ``-`` and ``_``.
            document: Its JSON, with a title, without id, uid and version.
            after: Addresses of what else must be there before, such as its data sources.
        """
        identity = f"{grafana.identity}/dashboards/{uid}"
        return cls(address, identity, {"dashboard": document}, (grafana.address, *after))

    async def read(self, cloud: Reach) -> Observed | None:
        """Return its document."""
        told = await self.found(cloud)
        if told is None:
            return None
        document = {name: one for name, one in told["dashboard"].items() if name not in _OWN}
        return Observed({"dashboard": document})

    async def create(self, cloud: Reach, wanted: Wanted) -> None:
        """Make it."""
        await self._save(cloud, wanted)

    async def update(
        self,
        cloud: Reach,
        wanted: Wanted,
        observed: Observed,  # noqa: ARG002
        differences: tuple[Difference, ...],  # noqa: ARG002  all of it is saved
    ) -> None:
        """Save all of it as its next version."""
        await self._save(cloud, wanted)

    async def _save(self, cloud: Reach, wanted: Wanted) -> None:
        document = wanted.properties["dashboard"]
        assert isinstance(document, dict)  # noqa: S101  as it is declared
        body = {"dashboard": {**document, "uid": self.id}, "overwrite": True}
        await self.send(cloud, "POST", "/api/dashboards/db", body)
