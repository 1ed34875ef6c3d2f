"""A condition as a tree; two are equal where they mean the same, wherever it stands in a text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

DataType: TypeAlias = Literal["DOUBLE", "INTEGER", "STRING", "BOOLEAN"]
Operator: TypeAlias = Literal["<", "<=", ">", ">=", "==", "!="]

DATA_TYPES: Final[tuple[DataType, ...]] = ("DOUBLE", "INTEGER", "STRING", "BOOLEAN")
OPERATORS: Final[tuple[Operator, ...]] = ("<=", ">=", "==", "!=", "<", ">")
"""The longer ones first, as a text is searched for them."""


@dataclass(frozen=True, slots=True)
class Path:
    """A property of a twin or a device, or of a component of it.

    Attributes:
        entity: The twin's or the device's id.
        name: The property's name.
        component: The component's name, None where the property is the entity's own.
        position: Where it stands in the text.
    """

    entity: str
    name: str
    component: str | None = None
    position: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return ".".join(filter(None, (self.entity, self.component, self.name)))


@dataclass(frozen=True, slots=True)
class Constant:
    """A value of a type.

    Attributes:
        data_type: Its type.
        value: A float, an integer, a text or a truth value, as the type wants it.
        position: Where it stands in the text.
    """

    data_type: DataType
    value: bool | float | str
    position: int = field(default=0, compare=False)


Operand: TypeAlias = Path | Constant


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands and how they compare.

    Attributes:
        left: What stands first.
        operator: How.
        right: What stands behind the operator.
        position: Where the operator stands in the text.
    """

    left: Operand
    operator: Operator
    right: Operand
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    of: Condition


@dataclass(frozen=True, slots=True)
class And:
    """Conditions that all hold; two or more."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Conditions of which one holds; two or more."""

    parts: tuple[Condition, ...]


Condition: TypeAlias = Comparison | Not | And | Or


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """Yield every comparison of a condition, in the order of the text."""
    match condition:
        case Comparison():
            yield condition
        case Not():
            yield from comparisons(condition.of)
        case And() | Or():
            for part in condition.parts:
                yield from comparisons(part)


def paths(condition: Condition) -> Iterator[Path]:
    """Yield every path of a condition, in the order of the text; one may come again."""
    for one in comparisons(condition):
        for operand in (one.left, one.right):
            if isinstance(operand, Path):
                yield operand
