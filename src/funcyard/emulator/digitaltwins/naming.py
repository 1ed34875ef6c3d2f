"""Names that all of Microsoft.DigitalTwins shares: its types, versions and states."""

from __future__ import annotations

from typing import Final

INSTANCE: Final = "Microsoft.DigitalTwins/digitalTwinsInstances"
VERSIONS: Final = ("2023-01-31", "2022-10-31", "2022-05-31", "2020-12-01", "2020-10-31")
STATES: Final = {"Creating": "Provisioning"}
