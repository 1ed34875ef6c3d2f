"""Types, versions and addresses of Microsoft.App, as its provider spells them."""

from __future__ import annotations

from typing import Final

from funcyard.emulator.core.regions import REGIONS

ENVIRONMENT: Final = "Microsoft.App/managedEnvironments"
APP: Final = "Microsoft.App/containerApps"
REVISION: Final = f"{APP}/revisions"
REPLICA: Final = f"{REVISION}/replicas"
JOB: Final = "Microsoft.App/jobs"
EXECUTION: Final = f"{JOB}/executions"
JOB_STOP: Final = f"{JOB}/stop"
STORAGE: Final = f"{ENVIRONMENT}/storages"
PROFILE_STATE: Final = f"{ENVIRONMENT}/workloadProfileStates"
USAGE: Final = f"{ENVIRONMENT}/usages"
PROFILE_TYPE: Final = "Microsoft.App/locations/availableManagedEnvironmentsWorkloadProfileTypes"
VERSIONS: Final = (
    "2026-07-01",
    "2026-01-01",
    "2025-07-01",
    "2025-01-01",
    "2024-03-01",
    "2023-05-01",
    "2023-04-01-preview",
)
"""API versions that are taken; answers have the members of the newest."""

_STAGE: Final = {"northcentralusstage": "North Central US (Stage)"}
PLACES: Final = frozenset(_STAGE)
"""Regions of this provider alone."""


def region_shown(name: str) -> str:
    """Return a region as answers of this provider tell it."""
    return _STAGE.get(name) or REGIONS.get(name, name)


def operation_path(word: str) -> str:
    """Return where an operation is followed: the pattern of its address."""
    return f"/subscriptions/SUBSCRIPTION/providers/Microsoft.App/locations/LOCATION/{word}/ID"
