"""What a resource's properties may hold: plain values, and references to what others will know.

A :class:`Ref` stands for an output of another resource, a :class:`SecretRef` for one of its
secrets, a :class:`Text` for words with either in them, a :class:`Given` for a secret that whoever
deploys brings along. ``settling`` puts values in their place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, Union

Json: TypeAlias = Union[bool, int, float, str, "list[Json]", "dict[str, Json]", None]
"""A value as JSON has it."""


@dataclass(frozen=True, slots=True)
class Ref:
    """An output of another resource, known once that one is there.

    Attributes:
        address: The other resource's address.
        output: One of its ``output_names``.
    """

    address: str
    output: str

    def __str__(self) -> str:
        return f"${{{self.address}.{self.output}}}"


@dataclass(frozen=True, slots=True)
class SecretRef:
    """A secret of another resource, asked for only when something that holds it is written.

    Attributes:
        address: The other resource's address.
        name: One of its ``secret_names``.
    """

    address: str
    name: str

    def __str__(self) -> str:
        return f"${{{self.address}:{self.name}}}"


@dataclass(frozen=True, slots=True)
class Text:
    """Words with references in them, such as a connection string.

    Attributes:
        parts: In their order; what they stand for is joined as text.
    """

    parts: tuple[str | Ref | SecretRef, ...]

    def __str__(self) -> str:
        return "".join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class Given:
    """A secret that is known before anything is deployed; records hold its name and a hash.

    Attributes:
        source: Where it comes from, such as ``.env:API_KEY``.
        value: The secret.
    """

    source: str
    value: str = field(repr=False)

    def __str__(self) -> str:
        return f"${{{self.source}}}"


Value: TypeAlias = Union[
    bool,
    int,
    float,
    str,
    Ref,
    SecretRef,
    Text,
    Given,
    "Sequence[Value]",
    "Mapping[str, Value]",
    None,
]
"""A property as it is declared."""

Properties: TypeAlias = Mapping[str, Value]
"""The properties of a resource as they are declared."""


def references(value: Value) -> Iterator[Ref | SecretRef]:
    """Yield every reference that a declared value holds, in its order."""
    match value:
        case Ref() | SecretRef():
            yield value
        case Text():
            for part in value.parts:
                if not isinstance(part, str):
                    yield part
        case str():
            return
        case Mapping():
            for item in value.values():
                yield from references(item)
        case Sequence():
            for item in value:
                yield from references(item)
