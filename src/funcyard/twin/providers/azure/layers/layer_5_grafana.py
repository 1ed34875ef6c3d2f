"""L5: a Grafana that reads hot storage, and a dashboard for each device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.deploy.refs import Ref, Text
from funcyard.deploy.resources.grafana import ADMIN, Grafana
from funcyard.deploy.resources.grafana_dashboard import GrafanaDashboard
from funcyard.deploy.resources.grafana_data_source import GrafanaDataSource
from funcyard.deploy.resources.role_assignment import RoleAssignment
from funcyard.twin.contract import settings
from funcyard.twin.contract.tokens import HEADER
from funcyard.twin.providers.azure.layers.dashboards import PLUGIN, SOURCE, dashboard_of, uid_of
from funcyard.twin.providers.azure.layers.layer_3_storage import hot_of
from funcyard.twin.providers.azure.layers.layer_setup_azure import setup
from funcyard.twin.providers.azure.layers.wiring import APP, CODE

if TYPE_CHECKING:
    from funcyard.deploy.resource import Resource
    from funcyard.deploy.resources.reach import Reach
    from funcyard.twin.providers.azure.layers.context import Context
    from funcyard.twin.providers.azure.places import Place


def grafana(context: Context, place: Place) -> list[Resource[Reach]]:
    """Return L5 of a place: nothing where it lies elsewhere."""
    if not context.holds(place, "layer_5_provider"):
        return []
    instance = Grafana.of(
        place.address("l5", "grafana"), setup(place).group, place.names.grafana, place.region
    )
    admin = RoleAssignment.to(place.address("l5", "admin"), instance, ADMIN, context.principal)
    readers = context.place_of("layer_3_hot_provider")
    if readers is None:
        return [instance, admin]
    source = GrafanaDataSource.of(
        place.address("l5", "readings"),
        instance,
        SOURCE,
        name="Hot-Reader-Data",
        plugin=PLUGIN,
        url=Text((Ref(readers.address("l3", APP), "url"), "/api")),
        data={"httpHeaderName1": HEADER},
        secrets={"httpHeaderValue1": context.secret(settings.HOT_READER_TOKEN)},
        after=(admin.address, readers.address("l3", CODE), hot_of(readers)),
    )
    name = context.twin.config.digital_twin_name
    dashboards = [
        GrafanaDashboard.of(
            place.address("l5", f"dashboard.{device.id}"),
            instance,
            uid_of(device.id),
            dashboard_of(name, device),
            after=(source.address,),
        )
        for device in context.twin.devices
    ]
    return [instance, admin, source, *dashboards]
