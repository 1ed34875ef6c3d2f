"""Bicep files and files of Bicep parameters: from text to syntax.

A declaration that cannot be followed is left out, with its fault; the others are read. The language
is that of https://learn.microsoft.com/azure/azure-resource-manager/bicep/file.
"""

from __future__ import annotations

from funcyard.preflight.infrastructure.bicep_expressions import Expressions
from funcyard.preflight.infrastructure.syntax import (
    Declared,
    Expression,
    Parameter,
    Template,
    TemplateSyntaxError,
)
from funcyard.preflight.infrastructure.tokens import Token, tokens_of

_DECLARATIONS = {
    "param",
    "var",
    "resource",
    "module",
    "output",
    "targetScope",
    "type",
    "func",
    "metadata",
    "import",
    "extension",
    "provider",
    "assert",
    "using",
}
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


def read_bicep(text: str, file: str) -> Template:
    """Return what a Bicep file declares.

    Args:
        text: What it holds.
        file: Its path as findings tell it.
    """
    template = Template(file)
    try:
        tokens = tokens_of(text)
    except TemplateSyntaxError as fault:
        template.faults.append(fault)
        return template
    for declaration in _declarations(tokens):
        try:
            _declare(template, Expressions(declaration))
        except TemplateSyntaxError as fault:
            template.faults.append(fault)
        except RecursionError:
            line = declaration[0].line
            template.faults.append(TemplateSyntaxError("nested too deeply", line))
    return template


def read_bicep_parameters(text: str) -> tuple[str, dict[str, Expression]] | None:
    """Return the template that a ``.bicepparam`` file is for, and the values that it gives.

    Variables of the file are among the values: its parameters may use them.
    """
    try:
        declarations = list(_declarations(tokens_of(text)))
    except TemplateSyntaxError:
        return None
    source, values = "", {}
    for declaration in declarations:
        words = Expressions(declaration)
        try:
            keyword = words.take().text
            if keyword == "using":
                source = str(getattr(words.expression(), "value", ""))
            elif keyword in {"param", "var"}:
                name = words.take().text
                words.expect("=")
                values[name] = words.expression()
        except (TemplateSyntaxError, RecursionError):
            continue
    return source, values


def _declarations(tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    """Split a file where a line outside of all brackets begins with a declaration's keyword."""
    starts, depth, fresh = [], 0, True
    for position, token in enumerate(tokens):
        if depth == 0 and fresh and token.kind == "name" and token.text in _DECLARATIONS:
            starts.append(position)
        if token.kind == "mark":
            depth += (token.text[0] in _OPENING) - (token.text in _CLOSING)
        fresh = token.kind == "end"
    ends = [*starts, len(tokens)][1:]
    return [tokens[start:end] for start, end in zip(starts, ends, strict=True)]


def _declare(template: Template, words: Expressions) -> None:
    line = words.here.line
    keyword = words.take().text
    if keyword == "param":
        name = words.take().text
        default = words.expression() if _past_type(words) else None
        template.parameters[name] = Parameter(name, default, line)
    elif keyword in {"var", "output"}:
        name = words.take().text
        if not _past_type(words):
            raise TemplateSyntaxError(f"{keyword} {name} has no value", line)
        kept = template.variables if keyword == "var" else template.outputs
        kept[name] = words.expression()
    elif keyword == "resource":
        _add(template, words.resource(line), words)
    elif keyword == "module":
        _add(template, words.module(line), words)


def _add(template: Template, declared: Declared, words: Expressions) -> None:
    template.declared.append(declared)
    for inner in words.nested:
        kind = inner.type if "/" in inner.type else f"{declared.type}/{inner.type}"
        template.declared.append(
            Declared(
                inner.symbol,
                kind,
                inner.body,
                inner.line,
                inner.existing,
                inner.condition or declared.condition,
                parent=declared.symbol,
            )
        )


def _past_type(words: Expressions) -> bool:
    """Go past a type, and tell whether a value follows."""
    while not words.done and not words.is_mark("="):
        words.skip_group()
    return words.took("=")
