"""What a query says, as it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Path:
    """A value of a row: names, from the outermost on.

    Attributes:
        parts: The names.
        at: Where it stands in the query.
    """

    parts: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that the query holds."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Listed:
    """Values that the query lists."""

    values: tuple[str | int | float | bool | None, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values compared; ``IN`` and ``NIN`` have a list on their right."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Function:
    """A function of values.

    Attributes:
        name: In capitals.
        arguments: Its values.
        at: Where it stands in the query.
    """

    name: str
    arguments: tuple[Expression, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Not:
    """What a condition is not."""

    inner: Expression


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions of which all hold, or any."""

    is_all: bool
    parts: tuple[Expression, ...]


Expression: TypeAlias = Path | Literal | Listed | Comparison | Function | Not | Joined


@dataclass(frozen=True, slots=True)
class Chosen:
    """A value that is wanted of each row.

    Attributes:
        path: Which.
        name: What it is called in the answer.
    """

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Join:
    """Further twins of each row: those that a relationship leads to.

    Attributes:
        target: What they are called.
        source: What they come from.
        relationship: Name of the relationship.
        called: What the relationship itself is called, where it is.
    """

    target: str
    source: str
    relationship: str
    called: str | None


@dataclass(frozen=True, slots=True)
class Query:
    """A query.

    Attributes:
        chosen: What is wanted; nothing means all.
        counts: Whether only the number of rows is wanted.
        top: At most how many rows; None means all.
        relationships: Whether it is about relationships instead of twins.
        called: What one is called; empty where it has no name.
        joins: What else is in each row.
        where: What holds for a row; None means anything.
    """

    chosen: tuple[Chosen, ...]
    counts: bool
    top: int | None
    relationships: bool
    called: str
    joins: tuple[Join, ...]
    where: Expression | None
