"""Names that all of Microsoft.DocumentDB shares: its types, its versions, its accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept
    from funcyard.emulator.core.target import Target

ACCOUNT: Final = "Microsoft.DocumentDB/databaseAccounts"
DATABASE: Final = f"{ACCOUNT}/sqlDatabases"
CONTAINER: Final = f"{DATABASE}/containers"
NAMES: Final = "Microsoft.DocumentDB/databaseAccountNames"
SERVERLESS: Final = "EnableServerless"
VERSIONS: Final = (
    "2026-03-15",
    "2025-10-15",
    "2025-05-01-preview",
    "2025-04-15",
    "2024-11-15",
    "2024-08-15",
    "2024-05-15",
    "2023-11-15",
    "2023-04-15",
    "2022-11-15",
    "2021-10-15",
    "2021-04-15",
    "2019-12-12",
)


def account_named(core: Core, name: str) -> Kept | None:
    """Return the account of a name, which is one of its kind in all subscriptions."""
    wanted = name.lower()
    return next((one for one in core.store.of_type(ACCOUNT) if one.name.lower() == wanted), None)


def account_of(core: Core, target: Target) -> Kept | None:
    """Return the account that something is part of; None where it is not there."""
    above = target
    while above.parent is not None:
        above = above.parent
    return core.store.find(above.key)


def is_serverless(account: Kept) -> bool:
    """Whether an account provisions no throughput."""
    listed = account.properties.get("capabilities") or ()
    names = {str(one.get("name")) for one in listed}
    return SERVERLESS in names or account.properties.get("capacityMode") == "Serverless"
