"""Bicep's expressions: from words to syntax.

Operators become the functions that Bicep's compiler writes for them, so that what evaluates ARM
templates evaluates both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.infrastructure.syntax import (
    Call,
    Choice,
    Declared,
    Entry,
    Expression,
    Items,
    Lambda,
    Literal,
    Loop,
    Member,
    Name,
    Properties,
    Spread,
    TemplateSyntaxError,
    Text,
)
from funcyard.preflight.infrastructure.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.preflight.infrastructure.tokens import Token

_BINARY = (
    {"??": "coalesce"},
    {"||": "or"},
    {"&&": "and"},
    {"==": "equals", "!=": "notEquals", "=~": "equalsAnyCase", "!~": "notEqualsAnyCase"},
    {"<": "less", "<=": "lessOrEquals", ">": "greater", ">=": "greaterOrEquals"},
    {"+": "add", "-": "sub"},
    {"*": "mul", "/": "div", "%": "mod"},
)
_NEVER_FIRST = {*(mark for level in _BINARY for mark in level), "?", ":", ".", ".?"} - {"-"}
_LITERALS = {"true": True, "false": False, "null": None}


class Expressions(Words):
    """Words, with the expressions that they make.

    Args:
        tokens: The words.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        super().__init__(tokens)
        self.nested: list[Declared] = []
        """Resources that stand inside of the objects read so far."""

    def expression(self) -> Expression:
        """Return the expression that begins here.

        Raises:
            TemplateSyntaxError: None does.
        """
        self.skip_ends()
        if arrow := self._lambda():
            return arrow
        condition = self._binary(0)
        self._continue()
        if not self.took("?"):
            return condition
        then = self.expression()
        self._continue()
        self.expect(":")
        return Choice(condition.line, condition, then, self.expression())

    def _continue(self) -> None:
        """Go past ends of lines before a word that can begin nothing of its own."""
        before = self.place
        self.skip_ends()
        if not (self.here.kind == "mark" and self.here.text in _NEVER_FIRST):
            self.back_to(before)

    def _binary(self, level: int) -> Expression:
        if level == len(_BINARY):
            return self._unary()
        left = self._binary(level + 1)
        while True:
            self._continue()
            function = _BINARY[level].get(self.here.text) if self.here.kind == "mark" else None
            if function is None:
                return left
            self.take()
            self.skip_ends()
            left = Call(left.line, function, (left, self._binary(level + 1)))

    def _unary(self) -> Expression:
        line = self.here.line
        if self.took("!"):
            return Call(line, "not", (self._unary(),))
        if self.took("-"):
            return Call(line, "sub", (Literal(line, 0), self._unary()))
        return self._postfix(self._primary())

    def _postfix(self, of: Expression) -> Expression:
        while True:
            self._continue()
            line = self.here.line
            if self.is_mark(".", ".?", "::"):
                is_safe = self.take().text == ".?" or _may_be_null(of)
                name = self.take().text
                if self.is_mark("("):
                    of = Call(line, name, (of, *self._arguments()))
                else:
                    of = Member(of.line, of, Literal(line, name), is_safe)
            elif self.is_mark("[", "[?"):
                is_safe = self.take().text == "[?" or _may_be_null(of)
                key = self.expression()
                self.skip_ends()
                self.expect("]")
                of = Member(of.line, of, key, is_safe)
            elif self.is_mark("[^"):
                raise TemplateSyntaxError("an index from the end is not read", line)
            elif not self.took("!"):
                return of

    def _primary(self) -> Expression:
        token = self.take()
        if token.kind == "number":
            return Literal(token.line, int(token.text))
        if token.kind == "text":
            return _text(token)
        if token.kind == "name":
            return self._word(token)
        return self._bracket(token)

    def _word(self, token: Token) -> Expression:
        if token.text in _LITERALS:
            return Literal(token.line, _LITERALS[token.text])
        if self.is_mark("("):
            return Call(token.line, token.text, self._arguments())
        return Name(token.line, token.text)

    def _bracket(self, token: Token) -> Expression:
        if token.text == "(":
            inner = self.expression()
            self.skip_ends()
            self.expect(")")
            return inner
        if token.text == "[":
            return self._list(token.line)
        if token.text == "{":
            return self._object(token.line)
        raise TemplateSyntaxError(f"expected a value, found {token.text!r}", token.line)

    def _arguments(self) -> tuple[Expression, ...]:
        self.expect("(")
        found = []
        self.skip_ends()
        while not self.took(")"):
            found.append(self.expression())
            self.skip_ends()
            self.took(",")
            self.skip_ends()
        return tuple(found)

    def _lambda(self) -> Lambda | None:
        """Return a function that stands here as it is: ``x => …``, ``(x, y) => …``."""
        before, line = self.place, self.here.line
        names = self._names()
        if names is not None and self.took("=>"):
            return Lambda(line, names, self.expression())
        self.back_to(before)
        return None

    def _names(self) -> tuple[str, ...] | None:
        """Return the names that stand here, None where something else does."""
        if self.is_name():
            return (self.take().text,)
        if not self.took("("):
            return None
        names = []
        while self.is_name() or self.is_mark(","):
            word = self.take()
            names += [word.text] if word.kind == "name" else []
        return tuple(names) if self.took(")") else None

    def _list(self, line: int) -> Expression:
        if self.is_name("for"):
            return self._loop(line)
        items: list[Expression] = []
        self._separators()
        while not self.took("]"):
            items.append(self._spread() or self.expression())
            self._separators()
        return Items(line, tuple(items))

    def _separators(self) -> None:
        while (self.here.kind == "end" and not self.done) or self.is_mark(","):
            self.take()

    def _spread(self) -> Spread | None:
        line = self.here.line
        return Spread(line, self.expression()) if self.took("...") else None

    def _loop(self, line: int) -> Loop:
        self.expect("for")
        index = ""
        if self.took("("):
            item = self.take().text
            self.expect(",")
            index = self.take().text
            self.expect(")")
        else:
            item = self.take().text
        self.expect("in")
        over = self.expression()
        self.expect(":")
        self.skip_ends()
        condition = self.condition()
        body = self.expression()
        self.skip_ends()
        self.expect("]")
        return Loop(line, item, index, over, condition, body)

    def condition(self) -> Expression | None:
        """Return what stands after an ``if``, None where there is none."""
        if not self.took("if"):
            return None
        self.expect("(")
        found = self.expression()
        self.skip_ends()
        self.expect(")")
        return found

    def _object(self, line: int) -> Properties:
        entries: list[Entry | Spread] = []
        self._separators()
        while not self.took("}"):
            entry = self._spread() or self._entry()
            if entry is not None:
                entries.append(entry)
            self._separators()
        return Properties(line, tuple(entries))

    def _entry(self) -> Entry | None:
        """Return a property; None for a resource that stands inside of another."""
        if self.is_mark("@"):
            self.decorator()
            return None
        token = self.take()
        if token.text == "resource" and self.is_name():
            self.nested.append(self.resource(token.line))
            return None
        if token.kind not in {"name", "text"}:
            raise TemplateSyntaxError(f"expected a property, found {token.text!r}", token.line)
        key = _text(token) if token.kind == "text" else Literal(token.line, token.text)
        self.skip_ends()
        self.expect(":")
        return Entry(key, self.expression())

    def resource(self, line: int) -> Declared:
        """Return the resource whose keyword has just been read.

        Raises:
            TemplateSyntaxError: It is not written as one.
        """
        symbol = self.take().text
        kind = self._plain_text()
        existing = self.took("existing")
        self.expect("=")
        self.skip_ends()
        condition = self.condition()
        body = self.expression()
        return Declared(symbol, kind.split("@")[0], body, line, existing, condition)

    def module(self, line: int) -> Declared:
        """Return the module whose keyword has just been read.

        Raises:
            TemplateSyntaxError: It is not written as one.
        """
        symbol = self.take().text
        source = self._plain_text()
        self.expect("=")
        self.skip_ends()
        condition = self.condition()
        return Declared(symbol, "", self.expression(), line, condition=condition, source=source)

    def _plain_text(self) -> str:
        text = _text(self.take())
        if not isinstance(text, Literal):
            raise TemplateSyntaxError("expected a plain text", text.line)
        return str(text.value)

    def decorator(self) -> None:
        """Go past a decorator."""
        self.expect("@")
        self._postfix(self._primary())


def _may_be_null(of: Expression) -> bool:
    """Tell whether all that follows is null where this is: ``a.?b.c`` without ``b``."""
    return isinstance(of, Member) and of.is_safe


def _text(token: Token) -> Expression:
    parts: list[Expression] = []
    for part in token.parts:
        if isinstance(part, str):
            parts.append(Literal(token.line, part))
        else:
            words = Expressions(part)
            parts.append(words.expression())
            words.skip_ends()
            if not words.done:
                raise TemplateSyntaxError("a text holds what is no value", token.line)
    if not parts:
        return Literal(token.line, "")
    if len(parts) == 1 and isinstance(parts[0], Literal) and isinstance(token.parts[0], str):
        return parts[0]
    return Text(token.line, tuple(parts))
