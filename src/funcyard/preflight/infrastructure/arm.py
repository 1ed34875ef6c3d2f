"""ARM templates and JSON files of parameters: from JSON to the syntax that Bicep files have, too.

A text in brackets is an expression, as
https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.preflight.infrastructure.json_syntax import read_json_syntax
from funcyard.preflight.infrastructure.syntax import (
    Call,
    Declared,
    Entry,
    Expression,
    Items,
    Lambda,
    Literal,
    Member,
    Name,
    Opaque,
    Parameter,
    Properties,
    Template,
    TemplateSyntaxError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = re.compile(
    r"\s*(?:(?P<name>[A-Za-z_]\w*)|(?P<number>-?\d+)|(?P<text>'(?:[^']|'')*')|(?P<mark>[(),.\[\]]))"
)
_DEPLOYMENTS = "microsoft.resources/deployments"


def read_arm(text: str, file: str) -> Template:
    """Return what an ARM template declares.

    Args:
        text: What it holds.
        file: Its path as findings tell it.
    """
    try:
        return _template(read_json_syntax(text), file)
    except TemplateSyntaxError as fault:
        return Template(file, faults=[fault])


def read_arm_parameters(text: str) -> dict[str, Expression] | None:
    """Return the values that a file of parameters gives, None where it cannot be read.

    One that names a secret of a vault, or a variable of the Azure Developer CLI (``${NAME}``), is
    opaque.
    """
    try:
        document = read_json_syntax(text)
    except TemplateSyntaxError:
        return None
    return {
        name: _given(_get(value, "value")) or Opaque(value.line, name)
        for name, value in _entries(_get(document, "parameters"))
    }


def _template(document: Expression, file: str) -> Template:
    template = Template(file)
    for name, value in _entries(_get(document, "parameters")):
        default = _get(value, "defaultValue")
        template.parameters[name] = Parameter(name, default and _evaluable(default), value.line)
    for name, value in _entries(_get(document, "variables")):
        if name != "copy":
            template.variables[name] = _evaluable(value)
    for name, value in _entries(_get(document, "outputs")):
        output = _get(value, "value")
        if output is not None:
            template.outputs[name] = _evaluable(output)
    resources = _get(document, "resources")
    if isinstance(resources, Items):
        named = [("", resource) for resource in resources.items]
    else:
        named = list(_entries(resources))
    for symbol, resource in named:
        template.declared.extend(_declared(symbol, resource, file))
    return template


def _declared(
    symbol: str, resource: Expression, file: str, above: Declared | None = None
) -> Iterator[Declared]:
    if _get(resource, "copy") is not None:
        return
    kind = str(_plain(_get(resource, "type")) or "")
    condition = _get(resource, "condition")
    inner = _inner_template(resource, file) if kind.lower() == _DEPLOYMENTS else None
    body = _evaluable(resource, but=("template",) if inner else ())
    if above is not None and "." not in kind.partition("/")[0]:
        kind, body = f"{above.type}/{kind}", _named_below(above.body, body)
    declared = Declared(
        symbol,
        kind,
        body,
        resource.line,
        existing=_plain(_get(resource, "existing")) is True,
        condition=condition and _evaluable(condition),
        template=inner,
    )
    yield declared
    children = _get(resource, "resources")
    for child in children.items if isinstance(children, Items) else ():
        yield from _declared("", child, file, declared)
    if kind.lower() == _DEPLOYMENTS and inner is None:
        # Without a scope of its own, its expressions are those of the template that it stands in.
        held = _get(_get(_get(resource, "properties"), "template"), "resources")
        for child in held.items if isinstance(held, Items) else ():
            yield from _declared("", child, file)


def _named_below(above: Expression, body: Expression) -> Expression:
    """Return a resource that stands in another one, with the whole of its name."""
    outer, own = _get(above, "name"), _get(body, "name")
    if outer is None or own is None or not isinstance(body, Properties):
        return body
    whole = Call(own.line, "concat", (outer, Literal(own.line, "/"), own))
    entries = (
        Entry(entry.key, whole) if isinstance(entry, Entry) and entry.value is own else entry
        for entry in body.entries
    )
    return Properties(body.line, tuple(entries))


def _inner_template(resource: Expression, file: str) -> Template | None:
    """Return a template that stands inside, where its expressions are its own."""
    properties = _get(resource, "properties")
    options = _get(properties, "expressionEvaluationOptions")
    template = _get(properties, "template")
    own = str(_plain(_get(options, "scope")) or "").lower() == "inner"
    return _template(template, file) if template is not None and own else None


def _evaluable(value: Expression, but: tuple[str, ...] = ()) -> Expression:
    """Return a value with its texts in brackets as expressions."""
    if isinstance(value, Literal) and isinstance(value.value, str):
        return _expression_of(value.value, value.line)
    if isinstance(value, Items):
        return Items(value.line, tuple(_evaluable(item, but) for item in value.items))
    if isinstance(value, Properties):
        entries = tuple(
            Entry(entry.key, _evaluable(entry.value, but))
            for entry in value.entries
            if isinstance(entry, Entry) and getattr(entry.key, "value", "") not in but
        )
        return Properties(value.line, entries)
    return value


def _expression_of(text: str, line: int) -> Expression:
    if not text.startswith("[") or not text.endswith("]"):
        return Literal(line, text)
    if text.startswith("[["):
        return Literal(line, text[1:])
    try:
        return _Expressions(text[1:-1], line).whole()
    except (TemplateSyntaxError, RecursionError):
        return Opaque(line, text)


class _Expressions:
    """The expression in a text's brackets."""

    def __init__(self, text: str, line: int) -> None:
        self._words = list(self._split(text, line))
        self._line = line
        self._at = 0

    @staticmethod
    def _split(text: str, line: int) -> Iterator[tuple[str, str]]:
        at, text = 0, text.strip()
        while at < len(text):
            match = _WORD.match(text, at)
            if match is None:
                raise TemplateSyntaxError(f"unknown {text[at]!r}", line)
            yield str(match.lastgroup), match[str(match.lastgroup)]
            at = match.end()

    def whole(self) -> Expression:
        """Return it.

        Raises:
            TemplateSyntaxError: It is none.
        """
        found = self._value()
        if self._at < len(self._words):
            raise TemplateSyntaxError("more than one value", self._line)
        return found

    def _peek(self) -> str:
        return self._words[self._at][1] if self._at < len(self._words) else ""

    def _take(self) -> tuple[str, str]:
        if self._at >= len(self._words):
            raise TemplateSyntaxError("an expression has no end", self._line)
        self._at += 1
        return self._words[self._at - 1]

    def _value(self) -> Expression:
        kind, word = self._take()
        if kind == "number":
            return Literal(self._line, int(word))
        if kind == "text":
            return Literal(self._line, word[1:-1].replace("''", "'"))
        if kind != "name" or self._peek() != "(":
            raise TemplateSyntaxError(f"expected a value, found {word!r}", self._line)
        self._take()
        arguments = []
        while self._peek() != ")":
            arguments.append(self._value())
            if self._peek() != ")" and self._take()[1] != ",":
                raise TemplateSyntaxError("expected a comma", self._line)
        self._take()
        found = _called(word, tuple(arguments), self._line)
        while self._peek() in {".", "["}:
            if self._take()[1] == ".":
                found = Member(self._line, found, Literal(self._line, self._take()[1]))
            else:
                found = Member(self._line, found, self._value())
                if self._take()[1] != "]":
                    raise TemplateSyntaxError("expected ]", self._line)
        return found


def _called(function: str, arguments: tuple[Expression, ...], line: int) -> Expression:
    """Return a call, or what a lambda and its variables are in Bicep."""
    names = tuple(str(_plain(argument)) for argument in arguments)
    if function.lower() == "lambda" and arguments:
        return Lambda(line, names[:-1], arguments[-1])
    if function.lower() == "lambdavariables" and len(names) == 1:
        return Name(line, names[0])
    return Call(line, function, arguments)


def _entries(value: Expression | None) -> Iterator[tuple[str, Expression]]:
    if isinstance(value, Properties):
        for entry in value.entries:
            if isinstance(entry, Entry) and isinstance(entry.key, Literal):
                yield str(entry.key.value), entry.value


def _get(value: Expression | None, name: str) -> Expression | None:
    return next((found for key, found in _entries(value) if key.lower() == name.lower()), None)


def _plain(value: Expression | None) -> object:
    return value.value if isinstance(value, Literal) else None


def _given(value: Expression | None) -> Expression | None:
    if isinstance(value, Literal) and isinstance(value.value, str) and "${" in value.value:
        return Opaque(value.line, value.value)
    if isinstance(value, Items):
        return Items(value.line, tuple(_given(item) or item for item in value.items))
    if isinstance(value, Properties):
        kept = [entry for entry in value.entries if isinstance(entry, Entry)]
        return Properties(value.line, tuple(Entry(e.key, _given(e.value) or e.value) for e in kept))
    return value
