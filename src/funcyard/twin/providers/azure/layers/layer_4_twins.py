"""L4: the graph of twins, and what keeps it as the devices say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.deploy.resources.digital_twins import DATA_OWNER, DigitalTwins
from funcyard.deploy.resources.role_assignment import RoleAssignment
from funcyard.deploy.resources.twin import Twin
from funcyard.deploy.resources.twin_model import TwinModel
from funcyard.deploy.resources.twin_relationship import TwinRelationship
from funcyard.twin.contract.graph import GraphRoute, graph_route
from funcyard.twin.describing import describe
from funcyard.twin.providers.azure.layers.apps import layer_app
from funcyard.twin.providers.azure.layers.layer_1_iot import iot_hub, telemetry_to
from funcyard.twin.providers.azure.layers.layer_setup_azure import setup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from funcyard.deploy.resource import Resource
    from funcyard.deploy.resources.reach import Reach
    from funcyard.deploy.resources.twin_graph import GraphPart
    from funcyard.twin.config.devices import Device
    from funcyard.twin.config.hierarchy import Hierarchy, Model, TwinNode
    from funcyard.twin.providers.azure.layers.context import Context
    from funcyard.twin.providers.azure.places import Place


_COMPONENT: Final = "Component"


def twins(context: Context, place: Place) -> list[Resource[Reach]]:
    """Return L4 of a place: nothing where it lies elsewhere."""
    if not context.holds(place, "layer_4_provider"):
        return []
    base = setup(place)
    instance = DigitalTwins.of(
        place.address("l4", "twins"), base.group, place.names.digital_twins, place.graph_region
    )
    writer = RoleAssignment.of(place.address("l4", "writer"), instance, DATA_OWNER, base.identity)
    owner = RoleAssignment.to(place.address("l4", "owner"), instance, DATA_OWNER, context.principal)
    found: list[Resource[Reach]] = [instance, writer, owner]
    hierarchy = context.twin.hierarchy
    if hierarchy is not None:
        found += _graph(context, place, instance, hierarchy, owner.address)
    app = layer_app(context, place, "l4")
    if app is not None:
        found += app.resources()
        if _hears_of_readings(context):
            after = [one.address for one in found]
            name = place.names.updater_subscription
            address = place.address("l4", "updater-events")
            found.append(telemetry_to(address, iot_hub(place), name, app, "adt-updater", after))
    return found


def _hears_of_readings(context: Context) -> bool:
    return graph_route(describe(context.twin), has_processor=False) is GraphRoute.EVENTS


def _graph(
    context: Context, place: Place, instance: DigitalTwins, hierarchy: Hierarchy, role: str
) -> list[GraphPart]:
    """Return models, twins and relationships as they begin."""
    models = _models(place, instance, hierarchy, role)
    devices = {device.twin: device for device in context.twin.devices}
    nodes = {
        node.id: _twin(place, instance, hierarchy, node, models, devices.get(node.id))
        for node in hierarchy.twins
    }
    edges = [
        TwinRelationship.of(
            place.address("l4", f"relationship.{edge.source}.{edge.id}"),
            instance,
            edge.id,
            source=nodes[edge.source],
            target=nodes[edge.target],
            relationship=edge.name,
            properties=dict(edge.model_extra or {}),
        )
        for edge in hierarchy.relationships
    ]
    return [*models.values(), *nodes.values(), *edges]


def _models(
    place: Place, instance: DigitalTwins, hierarchy: Hierarchy, role: str
) -> dict[str, TwinModel]:
    """Return the models by their ids, each after those that it is made of."""
    known = {one.id: one for one in hierarchy.models}
    made: dict[str, TwinModel] = {}

    def make(model: Model) -> TwinModel:
        if model.id not in made:
            needs = [make(known[name]) for name in _needed(model) if name in known]
            made[model.id] = TwinModel.of(
                place.address("l4", f"model.{model.id}"),
                instance,
                model.model_dump(mode="json", by_alias=True, exclude_unset=True),
                needs=needs,
                after=(role,),
            )
        return made[model.id]

    for model in hierarchy.models:
        make(model)
    return made


def _needed(model: Model) -> Iterator[str]:
    """Yield the ids of the models that one extends or has as components."""
    yield from model.extends
    yield from (str(one.of) for one in model.contents if _COMPONENT in one.types)


def _twin(
    place: Place,
    instance: DigitalTwins,
    hierarchy: Hierarchy,
    node: TwinNode,
    models: Mapping[str, TwinModel],
    device: Device | None,
) -> Twin:
    """Return a twin: what is constant of it is held, what devices measure only begins."""
    own = dict(node.model_extra or {})
    parts = [
        one.name for one in hierarchy.contents_of(node.metadata.model) if _COMPONENT in one.types
    ]
    components = {
        name: {
            key: value for key, value in (own.pop(name, None) or {}).items() if key != "$metadata"
        }
        for name in parts
    }
    measured = {one.name for one in device.properties} if device else set()
    begins = {name: own.pop(name) for name in measured & own.keys()}
    if device is not None:
        own |= {one.name: one.value for one in device.const_properties}
        told = {one.name: one.init_value for one in device.properties}
        begins |= {name: value for name, value in told.items() if value is not None}
    return Twin.of(
        place.address("l4", f"twin.{node.id}"),
        instance,
        node.id,
        models[node.metadata.model],
        own,
        components=components,
        begins_with=begins,
    )
