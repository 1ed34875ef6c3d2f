"""Names that all of Microsoft.Devices shares: its types, its versions, its hubs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept

HUB: Final = "Microsoft.Devices/IotHubs"
HUB_KEYS: Final = f"{HUB}/IotHubKeys"
ENDPOINT: Final = f"{HUB}/eventHubEndpoints"
CONSUMER_GROUP: Final = f"{ENDPOINT}/ConsumerGroups"
VERSIONS: Final = (
    "2023-06-30",
    "2023-06-30-preview",
    "2022-04-30-preview",
    "2021-07-02",
    "2021-07-01",
    "2021-03-31",
    "2020-03-01",
    "2019-11-04",
    "2019-03-22",
)


def hub_named(core: Core, name: str) -> Kept | None:
    """Return the hub of a name, which is one of its kind in all subscriptions."""
    wanted = name.lower()
    return next((one for one in core.store.of_type(HUB) if one.name.lower() == wanted), None)
