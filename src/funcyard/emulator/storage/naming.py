"""Names that all of Microsoft.Storage shares: its types, its versions, its accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept

ACCOUNT: Final = "Microsoft.Storage/storageAccounts"
VERSIONS: Final = (
    "2026-09-01",
    "2026-04-01",
    "2025-08-01",
    "2025-06-01",
    "2025-01-01",
    "2024-01-01",
    "2023-05-01",
    "2023-04-01",
    "2023-01-01",
    "2022-09-01",
    "2022-05-01",
    "2021-09-01",
    "2021-04-01",
    "2019-06-01",
)


def account_named(core: Core, name: str) -> Kept | None:
    """Return the account of a name, which is one of its kind in all subscriptions."""
    return next((one for one in core.store.of_type(ACCOUNT) if one.name == name), None)
