"""L0, the glue: what takes in what other clouds send, in the cloud that is sent to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.providers.azure.layers.apps import layer_app

if TYPE_CHECKING:
    from funcyard.deploy.resource import Resource
    from funcyard.deploy.resources.reach import Reach
    from funcyard.twin.providers.azure.layers.context import Context
    from funcyard.twin.providers.azure.places import Place


def glue(context: Context, place: Place) -> list[Resource[Reach]]:
    """Return L0 of a place: nothing where no other cloud sends to it."""
    app = layer_app(context, place, "l0")
    return [] if app is None else app.resources()
