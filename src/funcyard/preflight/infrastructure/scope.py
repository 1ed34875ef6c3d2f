"""A template with its parameters: what it deploys, and what its names mean.

Each thing is evaluated when it is asked for, and once. A template that it deploys is a scope of its
own, whose outputs it may ask for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.infrastructure.budget import Budget
from funcyard.preflight.infrastructure.evaluation import Evaluator
from funcyard.preflight.infrastructure.registry import is_in_registry
from funcyard.preflight.infrastructure.resources import Resource, Unread, resource_id
from funcyard.preflight.infrastructure.syntax import (
    Call,
    Declared,
    Entry,
    Expression,
    Loop,
    Member,
    Name,
    Properties,
    Template,
)
from funcyard.preflight.infrastructure.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from funcyard.preflight.infrastructure.meanings import Variables
    from funcyard.preflight.infrastructure.value import Value

    Loader = Callable[[str, str], Template | None]
    """Returns the template at a path as a file writes it, None where it cannot be read."""

_DEEPEST = 16


class Scope:
    """One template with the values of its parameters.

    Args:
        template: The template.
        given: Values by parameter.
        load: Finds the templates that it deploys.
        where: The scope it is deployed to, empty for that of the whole deployment.
        depth: How many templates it is inside of.
        budget: How much may be evaluated for the whole deployment, None for the usual.
        place: Where what the template itself says is said to be; None for where it is written.
    """

    def __init__(
        self,
        template: Template,
        given: Mapping[str, Value],
        load: Loader,
        where: str = "",
        depth: int = 0,
        budget: Budget | None = None,
        place: tuple[str, int] | None = None,
    ) -> None:
        self._template = template
        self._place = place
        self._unread: list[Unread] = []
        self._given = {name.lower(): value for name, value in given.items()}
        self._load = load
        self._where = where
        self._depth = depth
        self._budget = budget or Budget()
        self._evaluator = Evaluator(self, template.file, self._budget, place)
        self._found: dict[str, Value] = {}
        self._begun: set[str] = set()
        self._inner: dict[int, Scope | None] = {}
        self._parameters = {name.lower(): name for name in template.parameters}
        self._variables = {name.lower(): name for name in template.variables}
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

    def _resource(self, declared: Declared, body: Expression, variables: Variables) -> Resource:
        value = self._evaluator.evaluate(body, variables)
        name = value.get("name") or self._evaluator.unknown(body.line, "name")
        parent = self._parent_of(declared, body)
        return Resource(
            declared.type,
            declared.symbol,
            name,
            self._id_of(declared, body, variables),
            value,
            declared.existing,
            self._id_of(parent, parent.body, {}) if parent else "",
        )

    def _instances(self, declared: Declared) -> Iterator[tuple[Expression, Variables]]:
        if not isinstance(declared.body, Loop):
            yield declared.body, {}
            return
        loop = declared.body
        for variables in self._evaluator.rounds(loop, {}) or ():
            yield loop.body, variables

    def _may_be(self, condition: Expression | None, variables: Variables) -> bool:
        return condition is None or self._evaluator.evaluate(condition, variables).data is not False

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
            if is_in_registry(declared.source):
                place = self._evaluator.place(declared.line)
                self._unread.append(Unread(declared.symbol, declared.source, *place))
            return None
        body = self._evaluator.evaluate(declared.body, {})
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
                given[name] = value.get("value") or self._evaluator.unknown(value.line, name)
        scope = body.get("scope")
        where = scope.text if scope is not None else self._where
        said = self._place
        if is_in_registry(declared.source):
            said = self._evaluator.place(declared.line)
        return Scope(template, given, self._load, where, self._depth + 1, self._budget, said)

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
        return self._evaluator.evaluate(expression, {})

    def meaning(self, name: str, line: int) -> Value:
        """Return the value of a parameter, a variable or a resource; see :class:`.Meanings`."""
        lower = name.lower()
        if lower in self._parameters:
            return self._parameter(self._parameters[lower])
        if lower in self._variables:
            name = self._variables[lower]
            return self._once(f"var {name}", self._template.variables[name])
        declared = self._symbols.get(name)
        if declared is not None and not declared.is_template:
            return self._once(f"resource {name}", declared.body)
        return self._evaluator.unknown(line, name)

    def _parameter(self, name: str) -> Value:
        parameter = self._template.parameters[name]
        given = self._given.get(name.lower())
        if given is not None and (given.data is not None or parameter.default is None):
            return given
        if parameter.default is None:
            return self._evaluator.unknown(parameter.line, f"{name} of {self._template.file}")
        return self._once(f"param {name}", parameter.default)

    def _once(self, key: str, expression: Expression) -> Value:
        """Return the value of what is declared once; unknown where it needs itself."""
        if key in self._found:
            return self._found[key]
        if key in self._begun:
            return self._evaluator.unknown(expression.line, key)
        self._begun.add(key)
        self._found[key] = self._evaluator.evaluate(expression, {})
        return self._found[key]

    def member_of_declared(self, node: Member, wanted: str, variables: Variables) -> Value | None:
        """Return an output of a template, or what a resource tells; see :class:`.Meanings`."""
        told = self._of_template(node, wanted, variables)
        return self._of_resource(node, wanted, variables) if told is None else told

    def id_of_named(self, kind: str, name: str, scope: str) -> str:
        """Return what tells a resource apart by its type and name; see :class:`.Meanings`."""
        return resource_id(kind, name, scope or self._where)

    def _of_template(self, node: Member, wanted: str, variables: Variables) -> Value | None:
        """Return an output of a deployed template, None where the node asks for something else."""
        above = node.of
        if not isinstance(above, Member) or not (declared := self._deployed(above.of, variables)):
            return None
        inner = self._scope_of(declared) if getattr(above.key, "value", "") == "outputs" else None
        found = inner.output(wanted) if inner is not None else None
        if found is None:
            key = getattr(above.key, "value", "")
            text = f"{declared.symbol}.{key}.{wanted}@{self._template.file}"
            return self._evaluator.unknown(node.line, text)
        return found if declared.source else self._evaluator.at(node.line, {"value": found})

    def _of_resource(self, node: Member, wanted: str, variables: Variables) -> Value | None:
        """Return what a resource tells, None where the node asks for something else."""
        declared = self._symbol(node.of, variables)
        if declared is None or declared.is_template or isinstance(declared.body, Loop):
            return None
        own = self._id_of(declared, declared.body, {})
        written = _entry(declared.body, wanted)
        if wanted == "id":
            return self._evaluator.unknown(node.line, own)
        if written is not None:
            return self._once(f"resource {declared.symbol}.{wanted}", written)
        return self._evaluator.unknown(node.line, f"{own}.{wanted}")

    def _deployed(self, of: Expression, variables: Variables) -> Declared | None:
        """Return the deployed template that an expression names."""
        declared = self._symbol(of, variables)
        if declared is not None and declared.is_template:
            return declared
        if isinstance(of, Call) and of.function.lower() == "reference" and of.arguments:
            sought = self._evaluator.value(of.arguments[0], variables)
            for item in self._template.declared:
                if item.template is not None and sought.data in (
                    item.symbol,
                    Unknown(self._id_of(item, item.body, {})),
                ):
                    return item
        return None

    def _symbol(self, of: Expression, variables: Variables) -> Declared | None:
        if isinstance(of, Name) and of.name not in variables:
            return self._symbols.get(of.name)
        return None

    def _id_of(self, declared: Declared, body: Expression, variables: Variables) -> str:
        scope = _entry(body, "scope")
        where = self._where if scope is None else self._evaluator.evaluate(scope, variables).text
        names, seen = [self._name_of(declared, body, variables)], [declared]
        above = self._parent_of(declared, body)
        while above is not None and not any(above is one for one in seen):
            names.insert(0, self._name_of(above, above.body, {}))
            seen.append(above)
            above = self._parent_of(above, above.body)
        return resource_id(declared.type, "/".join(names), where)

    def _name_of(self, declared: Declared, body: Expression, variables: Variables) -> str:
        name = _entry(body, "name")
        if name is None:
            return f"?{declared.symbol}"
        return self._evaluator.evaluate(name, variables).text

    def _parent_of(self, declared: Declared, body: Expression) -> Declared | None:
        """Return the resource of this template that another one is part of, None for none."""
        named = _entry(body, "parent")
        symbol = named.name if isinstance(named, Name) else ""
        return self._symbols.get(declared.parent or symbol)


def _entry(body: Expression, name: str) -> Expression | None:
    for entry in body.entries if isinstance(body, Properties) else ():
        if isinstance(entry, Entry) and getattr(entry.key, "value", "") == name:
            return entry.value
    return None
