"""The syntax that Bicep files and ARM templates have in common: expressions and declarations."""

from __future__ import annotations

from dataclasses import dataclass, field


class TemplateSyntaxError(ValueError):
    """A text that this reader cannot follow; what it stands in is left out.

    Attributes:
        line: Where, from 1.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Expression:
    """Something that has a value; ``line`` is where it begins, from 1."""

    line: int


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """A value as it is."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Text(Expression):
    """A text with values set in."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Name(Expression):
    """What was declared under a name."""

    name: str


@dataclass(frozen=True, slots=True)
class Member(Expression):
    """A property by its name, or an item by its number; null for none where that is safe."""

    of: Expression
    key: Expression
    is_safe: bool = False


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """A function's result; a method's object is its first argument."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Choice(Expression):
    """One of two values."""

    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Items(Expression):
    """A list."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A property of an object."""

    key: Expression
    value: Expression


@dataclass(frozen=True, slots=True)
class Spread(Expression):
    """The items or properties of another value, set in."""

    of: Expression


@dataclass(frozen=True, slots=True)
class Properties(Expression):
    """An object."""

    entries: tuple[Entry | Spread, ...]


@dataclass(frozen=True, slots=True)
class Loop(Expression):
    """A value for each item of a list."""

    item: str
    index: str
    over: Expression
    condition: Expression | None
    body: Expression


@dataclass(frozen=True, slots=True)
class Lambda(Expression):
    """A function as a value, by what it calls its arguments."""

    names: tuple[str, ...]
    body: Expression


@dataclass(frozen=True, slots=True)
class Opaque(Expression):
    """What this reader does not evaluate, as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that is given at deployment; without a default it has to be."""

    name: str
    default: Expression | None
    line: int


@dataclass(frozen=True, slots=True)
class Declared:
    """A resource, or another template to deploy.

    Attributes:
        symbol: How the template calls it, empty for nothing.
        type: Its type, such as ``Microsoft.App/containerApps``; empty for a template.
        body: What is written of it.
        line: Where it begins.
        existing: Whether it is only looked up.
        condition: When it is deployed, None for always.
        parent: The resource that it stands in, by symbol.
        source: Of a template: the path of its file.
        template: Of a template: what it says, where it stands inside of this one.
    """

    symbol: str
    type: str
    body: Expression
    line: int
    existing: bool = False
    condition: Expression | None = None
    parent: str = ""
    source: str = ""
    template: Template | None = None

    @property
    def is_template(self) -> bool:
        """Whether it deploys another template."""
        return bool(self.source) or self.template is not None


@dataclass(slots=True)
class Template:
    """One file.

    Attributes:
        file: Its path as findings tell it.
        parameters: Its parameters by name.
        variables: Its variables by name.
        outputs: Its outputs by name.
        declared: Its resources and templates.
        faults: What could not be followed, and is left out.
    """

    file: str
    parameters: dict[str, Parameter] = field(default_factory=dict)
    variables: dict[str, Expression] = field(default_factory=dict)
    outputs: dict[str, Expression] = field(default_factory=dict)
    declared: list[Declared] = field(default_factory=list)
    faults: list[TemplateSyntaxError] = field(default_factory=list)
