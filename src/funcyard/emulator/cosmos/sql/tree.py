"""What a query says, taken apart."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from funcyard.emulator.cosmos.sql.values import Value

AGGREGATES: Final = ("AVG", "COUNT", "MAX", "MIN", "SUM")


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that the query holds."""

    value: Value


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that comes with the query; its name begins with ``@``."""

    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """The item itself."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object, or an element of an array."""

    of: Expression
    key: Expression


@dataclass(frozen=True, slots=True)
class Unary:
    """``NOT``, ``-`` or ``+`` of something."""

    sign: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Logic:
    """``AND`` or ``OR`` of several."""

    sign: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """Two sides of a sign: a comparison or arithmetic."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class In:
    """Whether something is one of several."""

    operand: Expression
    options: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """Whether something is not below the one and not above the other."""

    operand: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language, its name in capitals; aggregates among them."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class ArrayOf:
    """An array that is made."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class ObjectOf:
    """An object that is made; what is undefined is left out."""

    names: tuple[str, ...]
    values: tuple[Expression, ...]


Expression: TypeAlias = (
    Constant
    | Parameter
    | Item
    | Member
    | Unary
    | Logic
    | Binary
    | In
    | Between
    | Call
    | ArrayOf
    | ObjectOf
)


@dataclass(frozen=True, slots=True)
class Order:
    """What results are sorted by."""

    by: Expression
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A query.

    Attributes:
        alias: What it calls an item.
        select: What it wants of each; None for all of it.
        has_value: Whether ``select`` is the result itself, and no object of columns.
        distinct: Whether each result comes once.
        top: How many, at most; None for all.
        where: Which items.
        order: What they are sorted by, the first first.
        offset: How many are left out.
        limit: How many then come; None where nothing is said.
    """

    alias: str
    select: Expression | None
    has_value: bool = False
    distinct: bool = False
    top: Expression | None = None
    where: Expression | None = None
    order: tuple[Order, ...] = ()
    offset: Expression | None = None
    limit: Expression | None = None

    @property
    def aggregates(self) -> tuple[Call, ...]:
        """The aggregates that it wants, in their order."""
        return () if self.select is None else tuple(aggregates_of(self.select))


def parts(expression: Expression) -> Iterator[Expression]:
    """Yield what an expression is made of, itself left out."""
    for field in fields(expression):
        value = getattr(expression, field.name)
        if isinstance(value, tuple):
            yield from (one for one in value if not isinstance(one, str))
        elif isinstance(value, Expression):
            yield value


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield an expression and everything in it."""
    yield expression
    for part in parts(expression):
        yield from walk(part)


def aggregates_of(expression: Expression) -> Iterator[Call]:
    """Yield the aggregates in an expression."""
    for one in walk(expression):
        if isinstance(one, Call) and one.name in AGGREGATES:
            yield one


def names_of(path: Expression) -> tuple[str, ...]:
    """Return the names by which a path leads into an item; empty where it is none."""
    names: list[str] = []
    while isinstance(path, Member) and isinstance(path.key, Constant):
        names.append(str(path.key.value))
        path = path.of
    return tuple(reversed(names)) if isinstance(path, Item) else ()


def rebuilt(
    expression: Expression, change: Callable[[Expression], Expression | None]
) -> Expression:
    """Return an expression with others in place of some of its parts.

    Args:
        expression: What is changed.
        change: Returns what stands in a part's place; None where that stays.
    """
    if (other := change(expression)) is not None:
        return other
    if isinstance(expression, Constant):
        return expression
    changed: dict[str, Any] = {}
    for field in fields(expression):
        value = getattr(expression, field.name)
        if isinstance(value, tuple):
            changed[field.name] = tuple(
                one if isinstance(one, str) else rebuilt(one, change) for one in value
            )
        elif isinstance(value, Expression):
            changed[field.name] = rebuilt(value, change)
    return replace(expression, **changed)
