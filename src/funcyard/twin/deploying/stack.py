"""The graph of a whole twin, and its layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.deploy.graph import Graph
from funcyard.deploy.resources.app_code import AppCode
from funcyard.deploy.scope import everywhere
from funcyard.twin.providers import registry
from funcyard.twin.providers.azure.deployer_strategy import LAYERS
from funcyard.twin.providers.azure.layers.context import Context
from funcyard.twin.providers.azure.naming import APP_LAYERS
from funcyard.twin.providers.azure.packages import app_package
from funcyard.twin.providers.azure.places import layer_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from funcyard.deploy.resources.reach import Reach
    from funcyard.deploy.scope import Scope
    from funcyard.twin.config.twin import Twin
    from funcyard.twin.providers.azure.places import Place
    from funcyard.twin.secrets import Secrets

LAYER_NAMES = tuple(LAYERS)
"""Every layer: ``setup``, ``l0`` to ``l5``."""


def context_of(
    twin: Twin,
    places: Mapping[str, Place],
    secrets: Secrets,
    *,
    principal: str,
    environ: Mapping[str, str],
    clock: str | None = None,
) -> Context:
    """Return a twin with all that its layers need to know.

    Args:
        twin: The twin.
        places: Where its parts lie, by cloud.
        secrets: Its secrets.
        principal: Object id of who deploys.
        environ: Where the secrets of receivers are that somebody else deployed.
        clock: The clock of a twin whose days pass in seconds.

    Raises:
        PackageError: Code of the twin's owner cannot be read.
    """
    found = {
        (layer, cloud): app_package(twin, layer, cloud) for cloud in places for layer in APP_LAYERS
    }
    return Context(
        twin,
        places,
        {where: one for where, one in found.items() if one is not None},
        secrets.of,
        secrets.accepted,
        principal,
        environ,
        clock,
    )


def twin_graph(context: Context, layers: Collection[str] = ()) -> Graph[Reach]:
    """Return the resources of a twin.

    Args:
        context: The twin, and what its layers need to know.
        layers: Those that are wanted, with what they depend on; all where none are named.
    """
    clouds = (cloud for _, cloud in context.twin.providers.slots())
    whole = Graph(
        resource
        for provider in registry.deployed(clouds)
        for resource in provider.deployer_strategy(context).resources()
    )
    if not layers:
        return whole
    return whole.part(one.address for one in whole if layer_of(one.address) in layers)


def brought(graph: Graph[Reach], layers: Collection[str]) -> frozenset[str]:
    """Return the layers that a run is about, and those whose functions come along; all: none."""
    coming = {layer_of(one.address) for one in graph if isinstance(one, AppCode)}
    return frozenset(layers) | coming if layers else frozenset()


def scope_of(layers: Collection[str]) -> Scope:
    """Return which addresses a run about layers is about: the whole twin where none are named."""
    return (lambda address: layer_of(address) in layers) if layers else everywhere
