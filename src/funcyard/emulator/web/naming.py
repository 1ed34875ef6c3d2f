"""Names that all of Microsoft.Web shares: its types, its versions, its sites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept
    from funcyard.emulator.core.target import Target

PLAN: Final = "Microsoft.Web/serverfarms"
SITE: Final = "Microsoft.Web/sites"
CONFIG: Final = f"{SITE}/config"
POLICY: Final = f"{SITE}/basicPublishingCredentialsPolicies"
FUNCTION: Final = f"{SITE}/functions"
HOST: Final = f"{SITE}/host"
HOST_KEY: Final = f"{HOST}/functionKeys"
DEPLOYMENT: Final = f"{SITE}/deployments"
VERSIONS: Final = (
    "2025-05-01",
    "2025-03-01",
    "2024-11-01",
    "2024-04-01",
    "2023-12-01",
    "2023-01-01",
    "2022-09-01",
    "2022-03-01",
    "2021-03-01",
    "2021-02-01",
    "2020-12-01",
)
SETTINGS: Final = "appsettings"
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])", re.IGNORECASE)


def is_site_name(name: str) -> bool:
    """Whether a site may be called that."""
    return _NAME.fullmatch(name) is not None


def site_named(core: Core, name: str) -> Kept | None:
    """Return the site of a name, which is one of its kind in all subscriptions."""
    wanted = name.lower()
    return next((one for one in core.store.of_type(SITE) if one.name.lower() == wanted), None)


def site_of(core: Core, part: Target) -> Kept:
    """Return the site that something which is there is part of."""
    above = part
    while above.parent is not None:
        above = above.parent
    found = core.store.find(above.key)
    assert found is not None  # noqa: S101 - its parts go with it
    return found
