"""``config_inter_cloud.json``: receivers in another cloud that somebody else deployed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from funcyard.twin.config.base import Document, EnvironmentReference, Part


class Connection(Part):
    """One receiver."""

    url: Annotated[str, StringConstraints(pattern=r"^https://[A-Za-z0-9.-]+(:[0-9]+)?(/\S*)?$")] = (
        Field(description="An https address.", examples=["https://twin.example.org/api/ingestion"])
    )
    token: EnvironmentReference = Field(
        description="env:NAME only: a secret is never written here.",
        examples=["env:INGESTION_TOKEN"],
    )


class InterCloud(Document):
    """Receivers in another cloud that somebody else deployed, by their boundary."""

    connections: dict[str, Connection] = Field(
        default_factory=dict,
        description="One entry for each boundary that is connected by hand.",
        examples=[["aws_l1_to_azure_l2"]],
    )
