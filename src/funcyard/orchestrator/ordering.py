"""In which order resources are deleted: what others need goes after those.

Azure refuses to delete an environment with jobs in it, a network with machines in it, and so on.
What is not named here hangs on nothing and nothing on it, as far as is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = dict[str, Any]

GROUPS: Final = "microsoft.resources/subscriptions/resourcegroups"

_MIDDLE: Final = 1
_RANKS: Final = {
    "microsoft.app/jobs": 0,
    "microsoft.app/containerapps": 0,
    "microsoft.compute/virtualmachines": 0,
    "microsoft.compute/virtualmachinescalesets": 0,
    "microsoft.containerinstance/containergroups": 0,
    "microsoft.containerservice/managedclusters": 0,
    "microsoft.web/sites": 0,
    "microsoft.app/managedenvironments": 2,
    "microsoft.compute/disks": 2,
    "microsoft.network/networkinterfaces": 2,
    "microsoft.web/serverfarms": 2,
    "microsoft.containerregistry/registries": 3,
    "microsoft.managedidentity/userassignedidentities": 3,
    "microsoft.network/networksecuritygroups": 3,
    "microsoft.network/publicipaddresses": 3,
    "microsoft.network/virtualnetworks": 4,
    "microsoft.operationalinsights/workspaces": 4,
    GROUPS: 5,
}


def waves(resources: Iterable[Json]) -> list[list[Json]]:
    """Return resources in waves: each is deleted when those before it are gone.

    Args:
        resources: With ``id`` and ``type``.
    """
    found: dict[tuple[int, int], list[Json]] = {}
    for one in resources:
        depth = str(one["id"]).count("/")
        found.setdefault((_RANKS.get(str(one["type"]).lower(), _MIDDLE), -depth), []).append(one)
    return [sorted(found[key], key=lambda one: str(one["id"])) for key in sorted(found)]
