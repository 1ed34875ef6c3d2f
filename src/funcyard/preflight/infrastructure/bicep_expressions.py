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
    Literal,
    Loop,
    Member,
    Name,
    Opaque,
    Properties,
    Spread,
    TemplateSyntaxError,
    Text,
)
from funcyard.preflight.infrastructure.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Sequence

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


class Words:
    """Words one after the other, with the expressions they make.

    Args:
        tokens: The words.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self.nested: list[Declared] = []
        """Resources that stand inside of the objects read so far."""

    @property
    def here(self) -> Token:
        """The next word; at the end, an end of line."""
        if self._at < len(self._tokens):
            return self._tokens[self._at]
        return Token("end", "", self._tokens[-1].line if self._tokens else 1)

    @property
    def done(self) -> bool:
        """Whether there is no word left."""
        return self._at >= len(self._tokens)

    def take(self) -> Token:
        """Return the next word and go on."""
        token = self.here
        self._at += 1
        return token

    def is_mark(self, *texts: str) -> bool:
        """Tell whether the next word is one of these marks."""
        return self.here.kind == "mark" and self.here.text in texts

    def is_name(self, *texts: str) -> bool:
        """Tell whether the next word is one of these names, or any."""
        return self.here.kind == "name" and (not texts or self.here.text in texts)

    def took(self, text: str) -> bool:
        """Go on if the next word is this one, and tell whether it was."""
        found = self.here.kind in {"mark", "name"} and self.here.text == text
        self._at += found
        return found

    def expect(self, text: str) -> Token:
        """Return the next word, which has to be this one.

        Raises:
            TemplateSyntaxError: It is another.
        """
        if not self.took(text):
            raise TemplateSyntaxError(
                f"expected {text!r}, found {self.here.text!r}", self.here.line
            )
        return self._tokens[self._at - 1]

    def skip_ends(self) -> None:
        """Go past ends of lines."""
        while self.here.kind == "end" and not self.done:
            self._at += 1

    def skip_group(self) -> None:
        """Go past one word, or past everything that its bracket holds."""
        depth = 0
        while not self.done:
            token = self.take()
            if token.kind == "mark":
                depth += (token.text[0] in "([{") - (token.text in (")", "]", "}"))
            if depth <= 0:
                return

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
        at = self._at
        self.skip_ends()
        if not (self.here.kind == "mark" and self.here.text in _NEVER_FIRST):
            self._at = at

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
                self.take()
                name = self.take().text
                if self.is_mark("("):
                    of = Call(line, name, (of, *self._arguments()))
                else:
                    of = Member(of.line, of, Literal(line, name))
            elif self.is_mark("[", "[?"):
                self.take()
                key = self.expression()
                self.skip_ends()
                self.expect("]")
                of = Member(of.line, of, key)
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

    def _lambda(self) -> Opaque | None:
        """Return a function that stands here as it is; its body is read and forgotten."""
        at, line = self._at, self.here.line
        if self.is_name() or self.is_mark("("):
            self.skip_group()
            if self.took("=>"):
                self.expression()
                return Opaque(line, "=>")
        self._at = at
        return None

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


def _text(token: Token) -> Expression:
    parts: list[Expression] = []
    for part in token.parts:
        if isinstance(part, str):
            parts.append(Literal(token.line, part))
        else:
            words = Words(part)
            parts.append(words.expression())
            words.skip_ends()
            if not words.done:
                raise TemplateSyntaxError("a text holds what is no value", token.line)
    if not parts:
        return Literal(token.line, "")
    if len(parts) == 1 and isinstance(parts[0], Literal) and isinstance(token.parts[0], str):
        return parts[0]
    return Text(token.line, tuple(parts))
