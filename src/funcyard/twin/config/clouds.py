"""``config_providers.json``: which cloud holds each layer.

A cloud is a provider's name, and behind a colon a name of the person's own where there are several
of one provider: ``azure`` and ``azure:plant`` are two subscriptions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from funcyard.twin.config.base import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLOUD = "^(aws|azure|google|gcp)(:[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?)?$"

_ONE: Final = "azure, aws or google, with a name of your own behind a colon where there are several"


def _one_name(cloud: str) -> str:
    """Return a cloud under the one name of its provider."""
    provider, colon, account = cloud.partition(":")
    return ("google" if provider == "gcp" else provider) + colon + account


Cloud = Annotated[str, StringConstraints(pattern=_CLOUD), AfterValidator(_one_name)]


def provider_of(cloud: str) -> str:
    """Return the provider of a cloud: ``azure`` of ``azure:plant``."""
    return cloud.partition(":")[0]


class Providers(Document):
    """The cloud of each layer: aws, azure or google, and a name of your own behind a colon."""

    layer_1_provider: Cloud = Field(description=f"Takes telemetry: {_ONE}.", examples=["azure"])
    layer_2_provider: Cloud = Field(description=f"Processes it: {_ONE}.", examples=["azure"])
    layer_3_hot_provider: Cloud = Field(description=f"Hot storage: {_ONE}.", examples=["azure"])
    layer_3_cold_provider: Cloud = Field(description=f"Cold storage: {_ONE}.", examples=["azure"])
    layer_3_archive_provider: Cloud = Field(description=f"The archive: {_ONE}.", examples=["azure"])
    layer_4_provider: Cloud = Field(description=f"The graph of twins: {_ONE}.", examples=["azure"])
    layer_5_provider: Cloud = Field(description=f"Dashboards: {_ONE}.", examples=["azure:plant"])

    def slots(self) -> Iterator[tuple[str, str]]:
        """Yield each slot with its cloud, in the order in which readings pass."""
        for slot in SLOTS:
            yield slot, str(getattr(self, slot))


SLOTS: Final = (
    "layer_1_provider",
    "layer_2_provider",
    "layer_3_hot_provider",
    "layer_3_cold_provider",
    "layer_3_archive_provider",
    "layer_4_provider",
    "layer_5_provider",
)
