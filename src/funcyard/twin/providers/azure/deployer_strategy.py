"""How a twin is deployed to Azure: its layers, in each of the subscriptions that it uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.twin.providers.azure.layers.descriptions import (
    container_of,
    descriptions,
    is_asked,
)
from funcyard.twin.providers.azure.layers.layer_0_glue import glue
from funcyard.twin.providers.azure.layers.layer_1_iot import iot
from funcyard.twin.providers.azure.layers.layer_2_compute import compute
from funcyard.twin.providers.azure.layers.layer_3_storage import storage
from funcyard.twin.providers.azure.layers.layer_4_twins import twins
from funcyard.twin.providers.azure.layers.layer_5_grafana import grafana
from funcyard.twin.providers.azure.layers.layer_setup_azure import setup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from funcyard.deploy.resource import Resource
    from funcyard.deploy.resources.reach import Reach
    from funcyard.twin.providers.azure.layers.context import Context
    from funcyard.twin.providers.azure.places import Place

    Layer = Callable[[Context, Place], list[Resource[Reach]]]


def _setup(context: Context, place: Place) -> list[Resource[Reach]]:
    found = setup(place).resources()
    return [*found, container_of(place)] if is_asked(context, place) else found


def _l1(context: Context, place: Place) -> list[Resource[Reach]]:
    return [*descriptions(context, place), *iot(context, place)]


LAYERS: Final[Mapping[str, Layer]] = {
    "setup": _setup,
    "l0": glue,
    "l1": _l1,
    "l2": compute,
    "l3": storage,
    "l4": twins,
    "l5": grafana,
}
"""What each layer consists of in a place, in the order in which layers are told."""


@dataclass(frozen=True, slots=True)
class AzureDeployerStrategy:
    """A twin's part on Azure.

    Attributes:
        context: The twin, and what its layers need to know.
    """

    context: Context

    def resources(self) -> list[Resource[Reach]]:
        """Return everything of the twin that is on Azure; references join the layers."""
        return [
            resource
            for place in self.context.places.values()
            for layer in LAYERS.values()
            for resource in layer(self.context, place)
        ]
