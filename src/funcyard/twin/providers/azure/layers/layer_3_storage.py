"""L3: hot, cold and archive storage, and what moves readings from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.deploy.resources.cosmos_account import CosmosAccount
from funcyard.deploy.resources.cosmos_container import CosmosContainer
from funcyard.deploy.resources.cosmos_database import CosmosDatabase
from funcyard.deploy.resources.storage_account import BlobContainer
from funcyard.twin.contract import blobs, items
from funcyard.twin.providers.azure.layers.apps import layer_app
from funcyard.twin.providers.azure.layers.layer_setup_azure import setup

if TYPE_CHECKING:
    from funcyard.deploy.resource import Resource
    from funcyard.deploy.resources.reach import Reach
    from funcyard.twin.providers.azure.layers.context import Context
    from funcyard.twin.providers.azure.places import Place


def storage(context: Context, place: Place) -> list[Resource[Reach]]:
    """Return what of L3 lies in a place."""
    found: list[Resource[Reach]] = []
    if context.holds(place, "layer_3_hot_provider"):
        found += _hot(place)
    account = setup(place).storage
    for tier, name in (("cold", blobs.COLD_CONTAINER), ("archive", blobs.ARCHIVE_CONTAINER)):
        if context.holds(place, f"layer_3_{tier}_provider"):
            found.append(BlobContainer.of(place.address("l3", tier), account, name))
    app = layer_app(context, place, "l3")
    return found if app is None else [*found, *app.resources()]


def hot_of(place: Place) -> str:
    """Return the address of what keeps the readings of hot storage in a place."""
    return place.address("l3", "hot")


def _hot(place: Place) -> list[Resource[Reach]]:
    group = setup(place).group
    account = CosmosAccount.of(
        place.address("l3", "cosmos"), group, place.names.cosmos_account, place.region
    )
    database = CosmosDatabase.of(place.address("l3", "database"), account, items.DATABASE)
    container = CosmosContainer.of(
        hot_of(place), database, items.CONTAINER, items.PARTITION_KEY_PATH
    )
    return [account, database, container]
