"""What holds of ``config.json`` as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.config.files import CONFIG
from funcyard.twin.config.findings import Fault
from funcyard.twin.config.general import Config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.twin.config.parts import Parts


def check(parts: Parts) -> Iterator[Fault]:
    """Yield a fault where readings would leave cold storage before they get there."""
    config = parts.get(Config)
    if config and config.cold_storage_size_in_days <= config.hot_storage_size_in_days:
        yield Fault(
            CONFIG,
            ("cold_storage_size_in_days",),
            f"readings come here after {config.hot_storage_size_in_days} days and would leave "
            f"after {config.cold_storage_size_in_days}",
            "both count from the reading: write more than hot_storage_size_in_days",
        )
