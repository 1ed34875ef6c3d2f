"""What data sources and dashboards of a Grafana have in common.

https://learn.microsoft.com/azure/managed-grafana/how-to-api-calls
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import quote

from funcyard.azure.data_plane import Service
from funcyard.deploy.resources.data_part import DataPart
from funcyard.deploy.resources.grafana import VERSION, host_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.refs import Json

_SERVICE: Final = Service("ce34e7e5-485f-4d76-964f-b3d2b16d1e4f", ".grafana.azure.com")


@dataclass(frozen=True)
class GrafanaPart(DataPart):
    """Something that a Grafana keeps under a uid that is chosen."""

    service: ClassVar[Service] = _SERVICE
    server_version: ClassVar[str] = VERSION
    role: ClassVar[str] = "Grafana Admin"
    kept_as: ClassVar[str]
    """What the API calls its kind."""

    @staticmethod
    def host_of(document: Mapping[str, Json]) -> str | None:
        """Return where a Grafana is."""
        return host_of(document)

    @property
    def path(self) -> str:
        """Its address in the API."""
        return f"/api/{self.kept_as}/uid/{quote(self.id, safe='')}"
