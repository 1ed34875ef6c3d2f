"""Twins that are about to be deployed, to clouds that nobody reaches."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.unit.twin.twins import EXAMPLE, changed, copied

from funcyard.twin.config.reading import read_twin
from funcyard.twin.config.twin import Twin
from funcyard.twin.deploying.placing import placed_locally
from funcyard.twin.deploying.stack import context_of
from funcyard.twin.providers.azure.layers.context import Context
from funcyard.twin.secrets import Secrets

SETTINGS = {
    "AZURE_TENANT_ID": "00000000-0000-4000-8000-000000000001",
    "AZURE_CLIENT_ID": "00000000-0000-4000-8000-000000000002",
    "AZURE_CLIENT_SECRET": "secret",
}
SUBSCRIPTIONS = tuple(f"00000000-0000-0000-0000-00000000000{number}" for number in (1, 2))
KEY = b"k" * 32
_ACCESS = {"azure_subscription_id": "env:PLANT_SUBSCRIPTION_ID", "azure_region": "northeurope"}


def example() -> Twin:
    """Return the example twin."""
    return read_twin(EXAMPLE).twin


def across(folder: Path, *slots: str) -> Twin:
    """Return the example twin with some of its slots in another subscription."""
    made = copied(folder)
    for slot in slots:
        changed(made, "config_providers.json", (slot,), "azure:plant")
    changed(made, "config_credentials.json", ("azure:plant",), _ACCESS)
    return read_twin(made).twin


def context(
    twin: Twin, *, environ: Mapping[str, str] | None = None, clock: str | None = None
) -> Context:
    """Return what the layers of a twin need to know."""
    places = placed_locally(twin, SETTINGS, SUBSCRIPTIONS).places
    return context_of(
        twin, places, Secrets(KEY), principal="somebody", environ=environ or {}, clock=clock
    )
