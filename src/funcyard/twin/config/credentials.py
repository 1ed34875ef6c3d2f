"""``config_credentials.json``: which subscription, which region, and who Funcyard is there.

A secret is never in it, only the name of the environment variable that holds one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from funcyard.twin.config.base import STRICT, Document, EnvironmentReference, Part, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

_AZURE = "^azure(:[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?)?$"

Identifier = Annotated[str, StringConstraints(pattern=f"^({UUID}|env:[A-Za-z_][A-Za-z0-9_]*)$")]
Region = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9]{2,39}$")]


class _Stranger:
    """Stands for an entry that is of no cloud of Azure, whatever it holds."""


class AzureCredentials(Part):
    """One subscription of Azure."""

    azure_subscription_id: Identifier = Field(
        description="A UUID, or env:NAME.", examples=["env:AZURE_SUBSCRIPTION_ID"]
    )
    azure_region: Region = Field(
        description="Where everything lies without a region of its own.", examples=["westeurope"]
    )
    azure_region_iothub: Region | None = Field(
        default=None, description="Where the IoT hub lies; azure_region if omitted."
    )
    azure_region_digital_twin: Region | None = Field(
        default=None, description="Where the graph of twins lies; azure_region if omitted."
    )
    azure_tenant_id: Identifier | None = Field(
        default=None, description="A UUID, or env:NAME.", examples=["env:AZURE_TENANT_ID"]
    )
    azure_client_id: Identifier | None = Field(
        default=None, description="A UUID, or env:NAME.", examples=["env:AZURE_CLIENT_ID"]
    )
    azure_client_secret: EnvironmentReference | None = Field(
        default=None,
        description="env:NAME only: a secret is never written here.",
        examples=["env:AZURE_CLIENT_SECRET"],
    )

    @model_validator(mode="before")
    @classmethod
    def _of_azure(cls, data: object) -> object:
        if isinstance(data, _Stranger):
            raise refusal(
                "credentials of Azure only are wanted here",
                "an entry is called azure, or azure:NAME as in config_providers.json",
            )
        return data

    @model_validator(mode="after")
    def _whole(self) -> AzureCredentials:
        names = ("azure_tenant_id", "azure_client_id", "azure_client_secret")
        missing = [name for name in names if getattr(self, name) is None]
        if 0 < len(missing) < len(names):
            raise refusal(
                f"{' and '.join(missing)} missing: the three say together who Funcyard is",
                "leave all three out to deploy as whoever is signed in",
            )
        return self


def _keyed(schema: dict[str, Any]) -> None:
    """Tell the JSON Schema that entries are called as clouds of Azure are."""
    schema["patternProperties"] = {_AZURE: schema["additionalProperties"]}
    schema["additionalProperties"] = False


class Credentials(Document):
    """Subscription and region of each cloud that is Azure, by its name in the slots."""

    model_config = ConfigDict(**STRICT, extra="allow", json_schema_extra=_keyed)

    __pydantic_extra__: dict[str, AzureCredentials]

    @model_validator(mode="before")
    @classmethod
    def _azure_only(cls, data: object) -> object:
        """Have entries of other clouds refused each at its own place, beside all other faults."""
        if not isinstance(data, dict):
            return data
        return {
            name: one if name == "$schema" or re.search(_AZURE, name) else _Stranger()
            for name, one in data.items()
        }

    @property
    def clouds(self) -> Mapping[str, AzureCredentials]:
        """The credentials by cloud."""
        return self.__pydantic_extra__
