"""L2: what processes readings, keeps them, and acts on events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.deploy.resources.logic_app import LogicApp
from funcyard.twin.providers.azure.layers.apps import layer_app
from funcyard.twin.providers.azure.layers.layer_setup_azure import setup

if TYPE_CHECKING:
    from funcyard.deploy.refs import Properties
    from funcyard.deploy.resource import Resource
    from funcyard.deploy.resources.reach import Reach
    from funcyard.twin.providers.azure.layers.context import Context
    from funcyard.twin.providers.azure.places import Place


_ACTIONS: Final[Properties] = {
    "Taken": {
        "type": "Response",
        "kind": "Http",
        "inputs": {"statusCode": 200, "body": "@triggerBody()"},
        "runAfter": {},
    }
}
"""What the notification workflow does; people put in what they are to be told by."""


def compute(context: Context, place: Place) -> list[Resource[Reach]]:
    """Return L2 of a place: nothing where it lies elsewhere."""
    if not context.holds(place, "layer_2_provider"):
        return []
    found: list[Resource[Reach]] = []
    if context.twin.flags.trigger_notification_workflow:
        group = setup(place).group
        address = place.address("l2", "workflow")
        found.append(LogicApp.of(address, group, place.names.workflow, place.region, _ACTIONS))
    app = layer_app(context, place, "l2")
    return found if app is None else [*found, *app.resources()]
