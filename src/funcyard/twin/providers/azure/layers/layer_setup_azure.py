"""Setup: what every other layer in a subscription lies in, is, and keeps its state with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.deploy.resources.resource_group import ResourceGroup
from funcyard.deploy.resources.storage_account import StorageAccount
from funcyard.deploy.resources.user_assigned_identity import UserAssignedIdentity

if TYPE_CHECKING:
    from funcyard.deploy.resource import Resource
    from funcyard.deploy.resources.reach import Reach
    from funcyard.twin.providers.azure.places import Place


@dataclass(frozen=True, slots=True)
class Setup:
    """The setup of a place.

    Attributes:
        group: What everything lies in.
        identity: Who the functions are.
        storage: The account of the apps, and of cold and archived readings.
    """

    group: ResourceGroup
    identity: UserAssignedIdentity
    storage: StorageAccount

    def resources(self) -> list[Resource[Reach]]:
        """Return all of it."""
        return [self.group, self.identity, self.storage]


def setup(place: Place) -> Setup:
    """Return the setup of a place."""
    names = place.names
    group = ResourceGroup.of(
        place.address("setup", "group"), place.subscription, names.resource_group, place.region
    )
    return Setup(
        group,
        UserAssignedIdentity.of(
            place.address("setup", "identity"), group, names.identity, place.region
        ),
        StorageAccount.of(
            place.address("setup", "storage"), group, names.storage_account, place.region
        ),
    )
