"""``twin_hierarchy/azure_hierarchy.json``: models, twins and relationships of the graph.

Models are DTDL (https://azure.github.io/opendigitaltwins-dtdl/DTDL/v3/DTDL.v3.html), of which only
what a twin's readings need is looked at; the service itself judges the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from funcyard.twin.config.base import STRICT, Document, OpenPart

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEGMENT = "[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?"
_CONTEXT = "dtmi:dtdl:context;"


def _as_tuple(value: object) -> object:
    return value if isinstance(value, tuple) else (value,)


_ONE_OR_MORE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}

ModelId = Annotated[
    str,
    StringConstraints(
        pattern=f"^dtmi:{_SEGMENT}(?::{_SEGMENT})*;[1-9][0-9]{{0,8}}$", max_length=128
    ),
]
Texts = Annotated[tuple[str, ...], BeforeValidator(_as_tuple), WithJsonSchema(_ONE_OR_MORE)]
TwinId = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class Content(OpenPart):
    """A property, telemetry, component, relationship or command of a model."""

    types: Texts = Field(alias="@type", description="Its kind, and semantic types.")
    name: str = Field(description="Its name.")
    of: Any = Field(default=None, alias="schema", description="The schema of its values.")
    target: str | None = Field(default=None, description="The model that it leads to.")


class Model(OpenPart):
    """One interface."""

    id: ModelId = Field(alias="@id", description="Its DTMI.", examples=["dtmi:cold:Room;1"])
    type: str = Field(alias="@type", pattern="^Interface$", description="Always Interface.")
    context: Texts = Field(
        alias="@context", description="dtmi:dtdl:context;3, or 2.", examples=["dtmi:dtdl:context;3"]
    )
    extends: Texts = Field(default=(), description="The models whose contents it has, too.")
    contents: tuple[Content, ...] = Field(default=(), description="What it consists of.")

    @property
    def is_known_dtdl(self) -> bool:
        """Whether it is of version 2 or 3 of the language."""
        return any(one in {f"{_CONTEXT}2", f"{_CONTEXT}3"} for one in self.context)


class Metadata(OpenPart):
    """Of what model a twin is."""

    model: ModelId = Field(alias="$model", description="The twin's model.")


class TwinNode(OpenPart):
    """One twin; its further fields are properties."""

    id: TwinId = Field(alias="$dtId", description="Its id.", examples=["cold-room-1"])
    metadata: Metadata = Field(alias="$metadata", description="Of what model it is.")


class Relationship(OpenPart):
    """One edge of the graph; its further fields are properties."""

    source: TwinId = Field(alias="$dtId", description="The twin that it leads from.")
    id: TwinId = Field(alias="$relationshipId", description="Its id, unique for that twin.")
    target: TwinId = Field(alias="$targetId", description="The twin that it leads to.")
    name: str = Field(
        alias="$relationshipName", description="A relationship that the model declares."
    )


class Header(OpenPart):
    """What the import of Azure Digital Twins begins with."""

    file_version: str = Field(alias="fileVersion", description="Version of the import's format.")


class Hierarchy(Document):
    """Models, twins and relationships that the graph begins with."""

    model_config = ConfigDict(**STRICT, extra="forbid")

    header: Header = Field(description="The header of an import.")
    models: tuple[Model, ...] = Field(min_length=1, description="DTDL interfaces.")
    twins: tuple[TwinNode, ...] = Field(default=(), description="Twins.")
    relationships: tuple[Relationship, ...] = Field(default=(), description="Their relationships.")

    def contents_of(self, model: str) -> Iterator[Content]:
        """Yield what a model consists of, with what it extends."""
        known = {one.id: one for one in self.models}
        waiting, seen = [model], set[str]()
        while waiting:
            name = waiting.pop()
            if name in seen or name not in known:
                continue
            seen.add(name)
            yield from known[name].contents
            waiting.extend(known[name].extends)
