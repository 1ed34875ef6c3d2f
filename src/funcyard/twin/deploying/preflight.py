"""What keeps a twin from being deployed, told in plain words, by layer, before the first call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.errors import UserError
from funcyard.twin.config.clouds import provider_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from funcyard.twin.boundaries import Boundary
    from funcyard.twin.providers.azure.layers.context import Context


class NotReadyError(UserError):
    """A twin cannot be deployed as it is."""

    code = "twin-not-ready"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that is in the way.

    Attributes:
        layer: The layer that it keeps from working.
        message: What it is, and what mends it.
    """

    layer: str
    message: str

    def __str__(self) -> str:
        return f"[{self.layer}] {self.message}"


_SLOTS: Final = {
    "layer_1_provider": "l1",
    "layer_2_provider": "l2",
    "layer_3_hot_provider": "l3",
    "layer_3_cold_provider": "l3",
    "layer_3_archive_provider": "l3",
    "layer_4_provider": "l4",
    "layer_5_provider": "l5",
}


def obstacles(context: Context) -> list[Obstacle]:
    """Return everything that is in the way of a twin, in the order of its layers."""
    found = [
        *_elsewhere(context),
        *_untold_tokens(context),
        *_feedback_elsewhere(context),
        *_unreachable_functions(context),
    ]
    return sorted(found, key=lambda one: (one.layer, one.message))


def check_ready(context: Context, layers: Collection[str] = ()) -> None:
    """Refuse a twin that cannot be deployed as it is.

    Args:
        context: The twin.
        layers: Those that are wanted; all where none are named.

    Raises:
        NotReadyError: Says everything that is in the way of them.
    """
    found = [one for one in obstacles(context) if not layers or one.layer in layers]
    if found:
        told = "\n".join(f"  {one}" for one in found)
        raise NotReadyError(f"the twin cannot be deployed as it is:\n{told}")


def _elsewhere(context: Context) -> Iterator[Obstacle]:
    """Tell of layers in clouds to which nothing is deployed and that nobody else deployed."""
    reached = {
        boundary.crossing.receiver
        for boundary in context.boundaries
        if _is_connected(context, boundary)
    }
    for slot, cloud in context.twin.providers.slots():
        if provider_of(cloud) == "azure" or slot in reached:
            continue
        if any(one.crossing.sender == slot for one in context.boundaries):
            continue  # it calls, and what it calls is deployed
        yield Obstacle(
            _SLOTS[slot],
            f"{slot} is {cloud}, to which nothing is deployed yet: name azure, or where it receives"
            " in config_inter_cloud.json",
        )


def _is_connected(context: Context, boundary: Boundary) -> bool:
    return all(name in context.twin.connections for name in boundary.connections.values())


def _untold_tokens(context: Context) -> Iterator[Obstacle]:
    """Tell of tokens that variables of whoever deploys should hold, and do not."""
    for boundary in context.boundaries:
        if boundary.receiver in context.places or boundary.sender not in context.places:
            continue
        for entry in boundary.connections.values():
            connection = context.twin.connections.get(entry)
            name = "" if connection is None else connection.token.partition(":")[2]
            if name and not context.environ.get(name):
                layer = _SLOTS[boundary.crossing.sender]
                yield Obstacle(layer, f"{name} is not set: it is the token of {entry}")


def _feedback_elsewhere(context: Context) -> Iterator[Obstacle]:
    """Tell that feedback has no way to devices whose hub is not on Azure."""
    if context.twin.flags.return_feedback_to_device and not context.place_of("layer_1_provider"):
        cloud = context.cloud_of("layer_1_provider")
        yield Obstacle(
            "l2",
            f"devices of {cloud} get no feedback: set returnFeedbackToDevice to false, or"
            " layer_1_provider to azure",
        )


def _unreachable_functions(context: Context) -> Iterator[Obstacle]:
    """Tell of functions for events that are deployed by nobody."""
    if not context.twin.flags.use_event_checking:
        return
    actions = [event.action for event in context.twin.events]
    for name in dict.fromkeys(one.function_name for one in actions if not one.auto_deploy):
        yield Obstacle(
            "l2",
            f"the function {name} is not deployed with the twin (autoDeploy is false), and nothing"
            " says where it is: give it a pathToCode",
        )
