"""Names that all of Microsoft.ContainerRegistry shares: its type, its versions, its registries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept

REGISTRY: Final = "Microsoft.ContainerRegistry/registries"
VERSIONS: Final = (
    "2025-11-01",
    "2025-04-01",
    "2023-07-01",
    "2023-01-01-preview",
    "2022-12-01",
    "2021-09-01",
    "2019-05-01",
)
_NAME: Final = re.compile("[a-zA-Z0-9]{5,50}")


def is_registry_name(name: str) -> bool:
    """Whether a registry can be called something."""
    return _NAME.fullmatch(name) is not None


def registry_named(core: Core, name: str) -> Kept | None:
    """Return the registry of a name, which is one of its kind in all subscriptions."""
    wanted = name.lower()
    found = core.store.of_type(REGISTRY)
    return next((one for one in found if one.name.lower() == wanted), None)


def plane(kept: Kept) -> str:
    """Return what a registry's address is called among all."""
    return f"registry {kept.key}"


def login_server(core: Core, kept: Kept) -> str:
    """Return host and port of a registry; nothing before it was first served."""
    return core.planes.host(plane(kept)) or ""
