"""A template with its parameters: from syntax to values, each evaluated when it is asked for.

What depends on something that only Azure can tell becomes :class:`.value.Unknown`, with a text that
says how it comes about: so two names that are made in one way are known to be one name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from funcyard.preflight.infrastructure.calls import LONGEST, called, composed
from funcyard.preflight.infrastructure.syntax import (
    Call,
    Choice,
    Declared,
    Entry,
    Expression,
    Items,
    Literal,
    Loop,
    Member,
    Name,
    Opaque,
    Properties,
    Spread,
    Template,
    Text,
)
from funcyard.preflight.infrastructure.value import Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Loader = Callable[[str, str], Template | None]
    """Returns the template at a path as a file writes it, None where it cannot be read."""

_LONGEST_TEXT = 400
_MOST_STEPS = 200_000
_DEEPEST = 16


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of one deployment.

    Attributes:
        type: Such as ``Microsoft.App/containerApps``.
        symbol: How its template calls it, empty for nothing.
        name: Its name.
        id: What tells it apart from others: its type and its name, unless an id is written.
        body: What is written of it.
        existing: Whether it is only looked up.
        parent: Id of the resource that it is part of, empty for none that is known.
    """

    type: str
    symbol: str
    name: Value
    id: str
    body: Value
    existing: bool = False
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A module of a registry that is deployed, and of which nothing is known.

    Attributes:
        symbol: How its template calls it.
        source: Where it is, such as ``br/public:avm/res/web/site:0.16.0``.
        file: The template.
        line: Where it is deployed there.
    """

    symbol: str
    source: str
    file: str
    line: int

    def makes(self, value: str) -> bool:
        """Tell whether an unknown value, as a text, is one of its outputs."""
        return value.startswith(f"{self.symbol}.outputs.") and value.endswith(f"@{self.file}")


def resource_id(kind: str, name: str, scope: str = "") -> str:
    """Return what tells a resource apart within a deployment."""
    return f"{kind.lower()}:{name}" + (f"@{scope}" if scope else "")


class Scope:
    """One template with the values of its parameters.

    Args:
        template: The template.
        given: Values by parameter.
        load: Finds the templates that it deploys.
        where: The scope it is deployed to, empty for that of the whole deployment.
        depth: How many templates it is inside of.
        steps: How many evaluations are left for the whole deployment, in a list of one.
        place: Where what the template itself says is said to be; None for where it is written.
    """

    def __init__(
        self,
        template: Template,
        given: Mapping[str, Value],
        load: Loader,
        where: str = "",
        depth: int = 0,
        steps: list[int] | None = None,
        place: tuple[str, int] | None = None,
    ) -> None:
        self._template = template
        self._place = place
        self._unread: list[Unread] = []
        self._given = {name.lower(): value for name, value in given.items()}
        self._load = load
        self._where = where
        self._depth = depth
        self._steps = [_MOST_STEPS] if steps is None else steps
        self._found: dict[str, Value] = {}
        self._begun: set[str] = set()
        self._inner: dict[int, Scope | None] = {}
        self._parameters = {name.lower(): name for name in template.parameters}
        self._variables = {name.lower(): name for name in template.variables}
        self._kinds: dict[type[Expression], Callable[[Any, Mapping[str, Value]], Value]] = {
            Call: self._call,
            Choice: self._choice,
            Items: self._list,
            Literal: self._literal,
            Loop: self._loop,
            Member: self._member,
            Name: self._named,
            Opaque: self._opaque,
            Properties: self._object,
            Text: self._text,
        }
        self._symbols = {item.symbol: item for item in template.declared if item.symbol}

    def resources(self) -> Iterator[Resource]:
        """Yield what the template and those it deploys would deploy, and what they look up.

        What a condition leaves out is left out; what may be deployed is there.
        """
        for declared in self._template.declared:
            for body, variables in self._instances(declared):
                if not self._may_be(declared.condition, variables):
                    continue
                if declared.is_template:
                    inner = self._scope_of(declared) if body is declared.body else None
                    if inner is not None:
                        yield from inner.resources()
                    continue
                yield self._resource(declared, body, variables)

    def _resource(
        self, declared: Declared, body: Expression, variables: Mapping[str, Value]
    ) -> Resource:
        value = self._evaluate(body, variables)
        name = value.get("name") or self._unknown(body.line, "name")
        parent = self._symbols.get(declared.parent)
        above = self._id_of(parent, parent.body, {}) if parent else ""
        if parent is None and isinstance(named := _entry(body, "parent"), Name):
            parent = self._symbols.get(named.name)
            above = self._id_of(parent, parent.body, {}) if parent else ""
        return Resource(
            declared.type,
            declared.symbol,
            name,
            self._id_of(declared, body, variables),
            value,
            declared.existing,
            above,
        )

    def _instances(self, declared: Declared) -> Iterator[tuple[Expression, Mapping[str, Value]]]:
        if not isinstance(declared.body, Loop):
            yield declared.body, {}
            return
        loop = declared.body
        for variables in self._rounds(loop, {}) or ():
            yield loop.body, variables

    def _may_be(self, condition: Expression | None, variables: Mapping[str, Value]) -> bool:
        return condition is None or self._evaluate(condition, variables).data is not False

    def _scope_of(self, declared: Declared) -> Scope | None:
        """Return the scope of a template that is deployed, None where it cannot be read."""
        key = id(declared)
        if key not in self._inner:
            self._inner[key] = self._enter(declared)
        return self._inner[key]

    def _enter(self, declared: Declared) -> Scope | None:
        if self._depth >= _DEEPEST or isinstance(declared.body, Loop):
            return None
        template = declared.template or self._load(self._template.file, declared.source)
        if template is None:
            if ":" in declared.source:
                at = self._at(declared.line, None)
                self._unread.append(Unread(declared.symbol, declared.source, at.file, at.line))
            return None
        body = self._evaluate(declared.body, {})
        given: dict[str, Value] = {}
        if declared.template is None:
            params = body.get("params")
            if params is not None and not params.known:
                return None  # a default would be no better than a guess
            given = params.data if params and isinstance(params.data, dict) else {}
        else:
            params = body.get("properties", "parameters")
            held = params.data if params and isinstance(params.data, dict) else {}
            for name, value in held.items():
                given[name] = value.get("value") or self._unknown(value.line, name)
        scope = body.get("scope")
        where = scope.text if scope is not None else self._where
        in_registry = ":" in declared.source
        place = self._at(declared.line, None) if in_registry else None
        return Scope(
            template,
            given,
            self._load,
            where,
            self._depth + 1,
            self._steps,
            (place.file, place.line) if place is not None else self._place,
        )

    @property
    def unread(self) -> tuple[Unread, ...]:
        """The modules that could not be read, also within those that could, once all is asked."""
        inside = (scope for scope in self._inner.values() if scope is not None)
        return (*self._unread, *(one for scope in inside for one in scope.unread))

    def output(self, name: str) -> Value | None:
        """Return one of the template's outputs, None where it has none of that name."""
        expression = self._template.outputs.get(name)
        return None if expression is None else self._once(f"output {name}", expression)

    def evaluate(self, expression: Expression) -> Value:
        """Return the value of an expression."""
        return self._evaluate(expression, {})

    def _evaluate(self, node: Expression, variables: Mapping[str, Value]) -> Value:
        try:
            return self._value(node, variables)
        except RecursionError:
            return self._unknown(node.line, "…")

    def _value(self, node: Expression, variables: Mapping[str, Value]) -> Value:
        self._steps[0] -= 1
        if self._steps[0] < 0:
            return self._unknown(node.line, f"too much#{self._template.file}:{node.line}")
        return self._kinds[type(node)](node, variables)

    def _literal(self, node: Literal, _variables: Mapping[str, Value]) -> Value:
        return self._at(node.line, node.value)

    def _opaque(self, node: Opaque, _variables: Mapping[str, Value]) -> Value:
        return self._unknown(node.line, f"{node.text}#{self._template.file}:{node.line}")

    def _at(self, line: int, data: Any) -> Value:  # noqa: ANN401 - whatever a value may be
        return Value(data, *(self._place or (self._template.file, line)))

    def _unknown(self, line: int, text: str, *, composed: bool = False) -> Value:
        if len(text) > _LONGEST_TEXT:
            digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
            text, composed = f"{text[:100]}…{digest[:32]}", False
        return self._at(line, Unknown(text, composed))

    def _text(self, node: Text, variables: Mapping[str, Value]) -> Value:
        line, parts = node.line, [self._value(part, variables) for part in node.parts]
        text = "".join(part.text for part in parts)
        if all(part.known for part in parts) and len(text) <= LONGEST:
            return self._at(line, text)
        return self._unknown(line, text, composed=True)

    def _named(self, node: Name, variables: Mapping[str, Value]) -> Value:
        name = node.name
        if name in variables:
            return variables[name]
        lower = name.lower()
        if lower in self._parameters:
            return self._parameter(self._parameters[lower])
        if lower in self._variables:
            name = self._variables[lower]
            return self._once(f"var {name}", self._template.variables[name])
        declared = self._symbols.get(name)
        if declared is not None and not declared.is_template:
            return self._once(f"resource {name}", declared.body)
        return self._unknown(node.line, name)

    def _parameter(self, name: str) -> Value:
        parameter = self._template.parameters[name]
        given = self._given.get(name.lower())
        if given is not None and (given.data is not None or parameter.default is None):
            return given
        if parameter.default is None:
            return self._unknown(parameter.line, f"{name} of {self._template.file}")
        return self._once(f"param {name}", parameter.default)

    def _once(self, key: str, expression: Expression) -> Value:
        """Return the value of what is declared once; unknown where it needs itself."""
        if key in self._found:
            return self._found[key]
        if key in self._begun:
            return self._unknown(expression.line, key)
        self._begun.add(key)
        self._found[key] = self._evaluate(expression, {})
        return self._found[key]

    def _member(self, node: Member, variables: Mapping[str, Value]) -> Value:
        wanted = self._value(node.key, variables)
        told = self._of_template(node, wanted.text, variables)
        if told is None:
            told = self._of_resource(node, wanted.text, variables)
        if told is not None:
            return told
        holder = self._value(node.of, variables)
        found: Value | None = None
        if isinstance(holder.data, dict) and wanted.known:
            found = holder.get(wanted.text)
        elif isinstance(holder.data, tuple) and isinstance(wanted.data, int):
            inside = 0 <= wanted.data < len(holder.data)
            found = holder.data[wanted.data] if inside else None
        return found or self._unknown(node.line, f"{holder.text}.{wanted.text}")

    def _of_template(
        self, node: Member, wanted: str, variables: Mapping[str, Value]
    ) -> Value | None:
        """Return an output of a deployed template, None where the node asks for something else."""
        above = node.of
        if not isinstance(above, Member) or not (declared := self._deployed(above.of, variables)):
            return None
        inner = self._scope_of(declared) if getattr(above.key, "value", "") == "outputs" else None
        found = inner.output(wanted) if inner is not None else None
        if found is None:
            key = getattr(above.key, "value", "")
            text = f"{declared.symbol}.{key}.{wanted}@{self._template.file}"
            return self._unknown(node.line, text)
        return found if declared.source else self._at(node.line, {"value": found})

    def _of_resource(
        self, node: Member, wanted: str, variables: Mapping[str, Value]
    ) -> Value | None:
        """Return what a resource tells, None where the node asks for something else."""
        declared = self._symbol(node.of, variables)
        if declared is None or declared.is_template or isinstance(declared.body, Loop):
            return None
        own = self._id_of(declared, declared.body, {})
        written = _entry(declared.body, wanted)
        if wanted == "id":
            return self._unknown(node.line, own)
        if written is not None:
            return self._once(f"resource {declared.symbol}.{wanted}", written)
        return self._unknown(node.line, f"{own}.{wanted}")

    def _deployed(self, of: Expression, variables: Mapping[str, Value]) -> Declared | None:
        """Return the deployed template that an expression names."""
        declared = self._symbol(of, variables)
        if declared is not None and declared.is_template:
            return declared
        if isinstance(of, Call) and of.function.lower() == "reference" and of.arguments:
            sought = self._value(of.arguments[0], variables)
            for item in self._template.declared:
                if item.template is not None and sought.data in (
                    item.symbol,
                    Unknown(self._id_of(item, item.body, {})),
                ):
                    return item
        return None

    def _symbol(self, of: Expression, variables: Mapping[str, Value]) -> Declared | None:
        if isinstance(of, Name) and of.name not in variables:
            return self._symbols.get(of.name)
        return None

    def _id_of(self, declared: Declared, body: Expression, variables: Mapping[str, Value]) -> str:
        name = _entry(body, "name")
        scope = _entry(body, "scope")
        where = self._value(scope, variables).text if scope is not None else self._where
        text = self._value(name, variables).text if name is not None else f"?{declared.symbol}"
        return resource_id(declared.type, text, where)

    def _choice(self, node: Choice, variables: Mapping[str, Value]) -> Value:
        condition = self._value(node.condition, variables)
        if condition.data is True:
            return self._value(node.then, variables)
        if condition.data is False:
            return self._value(node.otherwise, variables)
        then = self._value(node.then, variables)
        otherwise = self._value(node.otherwise, variables)
        if then.text == otherwise.text:
            return then
        return self._unknown(node.line, f"{condition.text}?{then.text}:{otherwise.text}")

    def _list(self, node: Items, variables: Mapping[str, Value]) -> Value:
        line, items = node.line, node.items
        found: list[Value] = []
        for item in items:
            if not isinstance(item, Spread):
                found.append(self._value(item, variables))
                continue
            spread = self._value(item.of, variables)
            if not isinstance(spread.data, tuple):
                return self._unknown(line, f"[...{spread.text}]@{self._template.file}:{line}")
            found += spread.data
        return self._at(line, tuple(found[:LONGEST]))

    def _object(self, node: Properties, variables: Mapping[str, Value]) -> Value:
        line, entries = node.line, node.entries
        found: dict[str, Value] = {}
        for entry in entries:
            if isinstance(entry, Entry):
                key = self._value(entry.key, variables)
                found[key.text] = self._value(entry.value, variables)
                continue
            spread = self._value(entry.of, variables)
            if not isinstance(spread.data, dict):
                return self._unknown(line, f"{{...{spread.text}}}@{self._template.file}:{line}")
            found |= spread.data
        return self._at(line, found)

    def _loop(self, loop: Loop, variables: Mapping[str, Value]) -> Value:
        rounds = self._rounds(loop, variables)
        if rounds is None:
            return self._unknown(loop.line, f"for@{self._template.file}:{loop.line}")
        return self._at(loop.line, tuple(self._value(loop.body, inner) for inner in rounds))

    def _rounds(
        self, loop: Loop, variables: Mapping[str, Value]
    ) -> list[Mapping[str, Value]] | None:
        """Return the variables of each round, None where the rounds are not known."""
        over = self._evaluate(loop.over, variables)
        if not isinstance(over.data, tuple):
            return None
        rounds: list[Mapping[str, Value]] = []
        for position, item in enumerate(over.data):
            inner = {**variables, loop.item: item, loop.index: self._at(loop.line, position)}
            if loop.condition is not None:
                wanted = self._evaluate(loop.condition, inner).data
                if not isinstance(wanted, bool):
                    return None
                if not wanted:
                    continue
            rounds.append(inner)
        return rounds

    def _call(self, node: Call, variables: Mapping[str, Value]) -> Value:
        line, name = node.line, node.function.lower()
        if name == "if" and len(node.arguments) == 3:  # noqa: PLR2004 - condition and two values
            condition, then, otherwise = node.arguments
            return self._choice(Choice(line, condition, then, otherwise), variables)
        arguments = tuple(self._value(argument, variables) for argument in node.arguments)
        if name in {"parameters", "variables"} and len(arguments) == 1:
            return self._named(Name(line, arguments[0].text), {})
        if name == "resourceid":
            return self._resource_id(line, arguments)
        told = called(name, arguments, *(self._place or (self._template.file, line)))
        if told is not None:
            return told
        if (text := composed(name, arguments)) is not None:
            return self._unknown(line, text, composed=True)
        texts = ",".join(argument.text for argument in arguments)
        return self._unknown(line, f"{node.function}({texts})")

    def _resource_id(self, line: int, arguments: tuple[Value, ...]) -> Value:
        texts = [argument.text for argument in arguments]
        kind = next((i for i, text in enumerate(texts) if "/" in text and "{" not in text), None)
        if kind is None:
            return self._unknown(line, f"resourceId({','.join(texts)})")
        where = ",".join(texts[:kind]) or self._where
        return self._unknown(line, resource_id(texts[kind], "/".join(texts[kind + 1 :]), where))


def _entry(body: Expression, name: str) -> Expression | None:
    for entry in body.entries if isinstance(body, Properties) else ():
        if isinstance(entry, Entry) and getattr(entry.key, "value", "") == name:
            return entry.value
    return None
