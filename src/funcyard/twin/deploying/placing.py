"""Where a twin is deployed to: its subscriptions, and who Funcyard is in them."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from funcyard.azure.credentials import ClientSecret, identity_of
from funcyard.errors import UsageError
from funcyard.twin.config.clouds import provider_of
from funcyard.twin.config.resolving import resolve, resolve_identity
from funcyard.twin.providers.azure.places import Place, cloud_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funcyard.azure.credentials import Identity
    from funcyard.deploy.records import State
    from funcyard.twin.config.resolving import AzureIdentity
    from funcyard.twin.config.twin import Twin


class SeveralIdentitiesError(UsageError):
    """Two clouds of a twin are to be deployed to by different identities."""

    code = "several-identities"


class TooManyCloudsError(UsageError):
    """A twin uses more subscriptions than there are."""

    code = "too-many-clouds"


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a twin is deployed to.

    Attributes:
        places: By the name of each cloud that is Azure, in the order of the slots.
        identity: Who deploys.
    """

    places: Mapping[str, Place]
    identity: Identity


def azure_clouds(twin: Twin) -> list[str]:
    """Return the clouds of a twin that are Azure, in the order of the slots."""
    clouds = (cloud for _, cloud in twin.providers.slots())
    return [cloud for cloud in dict.fromkeys(clouds) if provider_of(cloud) == "azure"]


def placed(twin: Twin, environ: Mapping[str, str]) -> Placed:
    """Return where a twin is deployed to in the public Azure.

    Args:
        twin: The twin.
        environ: What its credentials refer to.

    Raises:
        UnresolvedCredentialsError: Variables that they name are not set.
        SeveralIdentitiesError: Its clouds want different identities.
        IdentityError: Nothing says who deploys.
    """
    accesses = {
        cloud: resolve(cloud, twin.credentials.clouds[cloud], environ)
        for cloud in azure_clouds(twin)
    }
    return Placed(
        {cloud: _place(twin, cloud, access.subscription_id) for cloud, access in accesses.items()},
        _one({cloud: access.identity for cloud, access in accesses.items()}, environ),
    )


def deployer(twin: Twin, environ: Mapping[str, str]) -> Identity:
    """Return who deploys a twin to the public Azure, wherever to.

    Args:
        twin: The twin.
        environ: What its credentials refer to.

    Raises:
        UnresolvedCredentialsError: Variables that say who are not set.
        SeveralIdentitiesError: Its clouds want different identities.
        IdentityError: Nothing says who deploys.
    """
    found = {
        cloud: resolve_identity(cloud, twin.credentials.clouds[cloud], environ)
        for cloud in azure_clouds(twin)
    }
    return _one(found, environ)


def placed_locally(
    twin: Twin,
    settings: Mapping[str, str],
    subscriptions: Sequence[str],
    before: Mapping[str, str] = MappingProxyType({}),
) -> Placed:
    """Return where a twin is deployed to in a local Azure: a subscription for each of its clouds.

    A cloud stays where it lies already, whatever the order of the slots has become.

    Args:
        twin: The twin, whose regions count and whose credentials do not.
        settings: By which the local Azure is reached.
        subscriptions: Those that it has.
        before: The subscription of each cloud that something lies in.

    Raises:
        TooManyCloudsError: It has fewer than the twin has clouds.
    """
    clouds = azure_clouds(twin)
    if len(clouds) > len(subscriptions):
        raise TooManyCloudsError(
            f"the twin uses {len(clouds)} subscriptions ({', '.join(clouds)}), and a local Azure"
            f" has {len(subscriptions)}"
        )
    kept = {cloud: before[cloud] for cloud in clouds if before.get(cloud) in subscriptions}
    free = [one for one in subscriptions if one not in kept.values()]
    # Where a cloud leaves, another comes last: the name of what is there may still be taken.
    left = iter(sorted(free, key=lambda one: one in before.values()))
    found = {cloud: kept.get(cloud) or next(left) for cloud in clouds}
    return Placed(
        {cloud: _place(twin, cloud, subscription) for cloud, subscription in found.items()},
        identity_of(settings),
    )


def lies_in(state: State) -> dict[str, str]:
    """Return in which subscription each cloud of a deployed twin lies."""
    return {
        cloud_of(record.address): record.identity.split("/")[2]
        for record in state.records.values()
        if record.identity.startswith("/subscriptions/")
    }


def _place(twin: Twin, cloud: str, subscription: str) -> Place:
    name = twin.config.digital_twin_name
    return Place.of(name, cloud, subscription, twin.credentials.clouds[cloud])


def _one(clouds: Mapping[str, AzureIdentity], environ: Mapping[str, str]) -> Identity:
    identities = {_identity(told, environ) for told in clouds.values()}
    if len(identities) > 1:
        raise SeveralIdentitiesError(
            f"{', '.join(clouds)} are to be deployed to by different identities",
            hint="let one identity deploy to all of them: give it Owner in each subscription",
        )
    return identities.pop() if identities else identity_of(environ)


def _identity(told: AzureIdentity, environ: Mapping[str, str]) -> Identity:
    if told.tenant_id and told.client_id and told.client_secret:
        return ClientSecret(told.tenant_id, told.client_id, told.client_secret)
    return identity_of(environ)
