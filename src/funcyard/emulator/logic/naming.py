"""Names that all of Microsoft.Logic shares: its types, versions, states and addresses."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept

WORKFLOW: Final = "Microsoft.Logic/workflows"
VERSIONS: Final = ("2019-05-01", "2016-06-01")
ENABLED: Final = "Enabled"
DISABLED: Final = "Disabled"


def plane(kept: Kept) -> str:
    """Return what a workflow's address is called among all."""
    return f"workflow {kept.key}"


def base_of(core: Core, kept: Kept) -> str:
    """Return the address of a workflow."""
    identifier = hashlib.sha256(f"{kept.key} {kept.created}".encode()).hexdigest()[:32]
    return f"https://{core.planes.host(plane(kept))}/workflows/{identifier}"
