"""Expressions of a template: from syntax to values.

What depends on something that only Azure can tell becomes :class:`.value.Unknown`, with a text that
says how it comes about: so two names that are made in one way are known to be one name. What a name
means is asked of the template that the expression stands in (:class:`.scope.Scope`).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from funcyard.preflight.infrastructure.calling import call
from funcyard.preflight.infrastructure.calls import LONGEST
from funcyard.preflight.infrastructure.syntax import (
    Call,
    Choice,
    Entry,
    Expression,
    Items,
    Lambda,
    Literal,
    Loop,
    Member,
    Name,
    Opaque,
    Properties,
    Spread,
    Text,
)
from funcyard.preflight.infrastructure.value import Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.preflight.infrastructure.budget import Budget
    from funcyard.preflight.infrastructure.meanings import Meanings, Variables

_LONGEST_TEXT = 400


class Evaluator:
    """Evaluates the expressions of one file.

    Args:
        meanings: What the file's names mean.
        file: The file, as findings tell it.
        budget: How much may be evaluated.
        place: Where values are said to be; None for where they are written.

    Attributes:
        file: The file.
    """

    def __init__(
        self, meanings: Meanings, file: str, budget: Budget, place: tuple[str, int] | None = None
    ) -> None:
        self._meanings = meanings
        self.file = file
        self._budget = budget
        self._place = place
        self._kinds: dict[type[Expression], Callable[[Any, Variables], Value]] = {
            Call: self._call,
            Choice: self._choice,
            Items: self._list,
            Lambda: self._opaque,
            Literal: self._literal,
            Loop: self._loop,
            Member: self._member,
            Name: self._named,
            Opaque: self._opaque,
            Properties: self._object,
            Text: self._text,
        }

    def evaluate(self, node: Expression, variables: Variables) -> Value:
        """Return the value of an expression, unknown where it is nested too deeply."""
        try:
            return self.value(node, variables)
        except RecursionError:
            return self.unknown(node.line, "…")

    def value(self, node: Expression, variables: Variables) -> Value:
        """Return the value of an expression that stands inside of another one.

        Raises:
            RecursionError: It is nested too deeply.
        """
        if not self._budget.spend():
            return self.unknown(node.line, f"too much#{self.file}:{node.line}")
        return self._kinds[type(node)](node, variables)

    def rounds(self, loop: Loop, variables: Variables) -> list[Variables] | None:
        """Return the variables of each round of a loop, None where the rounds are not known."""
        over = self.evaluate(loop.over, variables)
        if not isinstance(over.data, tuple):
            return None
        rounds: list[Variables] = []
        for position, item in enumerate(over.data):
            inner = {**variables, loop.item: item, loop.index: self.at(loop.line, position)}
            if loop.condition is not None:
                wanted = self.evaluate(loop.condition, inner).data
                if not isinstance(wanted, bool):
                    return None
                if not wanted:
                    continue
            rounds.append(inner)
        return rounds

    def at(self, line: int, data: Any) -> Value:  # noqa: ANN401 - whatever a value may be
        """Return a value that is written on a line of the file."""
        return Value(data, *self.place(line))

    def place(self, line: int) -> tuple[str, int]:
        """Return the file and the line at which a line of the file is said to be."""
        return self._place or (self.file, line)

    def unknown(self, line: int, text: str, *, composed: bool = False) -> Value:
        """Return a value that cannot be told; see :class:`.value.Unknown`."""
        if len(text) > _LONGEST_TEXT:
            digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
            text, composed = f"{text[:100]}…{digest[:32]}", False
        return self.at(line, Unknown(text, composed))

    def _literal(self, node: Literal, _variables: Variables) -> Value:
        return self.at(node.line, node.value)

    def _opaque(self, node: Opaque | Lambda, _variables: Variables) -> Value:
        text = node.text if isinstance(node, Opaque) else "=>"
        return self.unknown(node.line, f"{text}#{self.file}:{node.line}")

    def _text(self, node: Text, variables: Variables) -> Value:
        line, parts = node.line, [self.value(part, variables) for part in node.parts]
        text = "".join(part.text for part in parts)
        if all(part.known for part in parts) and len(text) <= LONGEST:
            return self.at(line, text)
        return self.unknown(line, text, composed=True)

    def _named(self, node: Name, variables: Variables) -> Value:
        if node.name in variables:
            return variables[node.name]
        return self._meanings.meaning(node.name, node.line)

    def _member(self, node: Member, variables: Variables) -> Value:
        wanted = self.value(node.key, variables)
        told = self._meanings.member_of_declared(node, wanted.text, variables)
        if told is not None:
            return told
        holder = self.value(node.of, variables)
        found: Value | None = None
        if isinstance(holder.data, dict) and wanted.known:
            found = holder.get(wanted.text)
        elif isinstance(holder.data, tuple) and isinstance(wanted.data, int):
            inside = 0 <= wanted.data < len(holder.data)
            found = holder.data[wanted.data] if inside else None
        if found is None and node.is_safe and holder.known and wanted.known:
            return self.at(node.line, None)
        return found or self.unknown(node.line, f"{holder.text}.{wanted.text}")

    def _choice(self, node: Choice, variables: Variables) -> Value:
        condition = self.value(node.condition, variables)
        if condition.data is True:
            return self.value(node.then, variables)
        if condition.data is False:
            return self.value(node.otherwise, variables)
        then = self.value(node.then, variables)
        otherwise = self.value(node.otherwise, variables)
        if then.text == otherwise.text:
            return then
        return self.unknown(node.line, f"{condition.text}?{then.text}:{otherwise.text}")

    def _list(self, node: Items, variables: Variables) -> Value:
        line, items = node.line, node.items
        found: list[Value] = []
        for item in items:
            if not isinstance(item, Spread):
                found.append(self.value(item, variables))
                continue
            spread = self.value(item.of, variables)
            if not isinstance(spread.data, tuple) or not self._budget.spend(len(spread.data)):
                return self.unknown(line, f"[...{spread.text}]@{self.file}:{line}")
            found += spread.data
        return self.at(line, tuple(found[:LONGEST]))

    def _object(self, node: Properties, variables: Variables) -> Value:
        line, entries = node.line, node.entries
        found: dict[str, Value] = {}
        for entry in entries:
            if isinstance(entry, Entry):
                key = self.value(entry.key, variables)
                found[key.text] = self.value(entry.value, variables)
                continue
            spread = self.value(entry.of, variables)
            if not isinstance(spread.data, dict) or not self._budget.spend(len(spread.data)):
                return self.unknown(line, f"{{...{spread.text}}}@{self.file}:{line}")
            found |= spread.data
        return self.at(line, found)

    def _loop(self, loop: Loop, variables: Variables) -> Value:
        rounds = self.rounds(loop, variables)
        if rounds is None:
            return self.unknown(loop.line, f"for@{self.file}:{loop.line}")
        return self.at(loop.line, tuple(self.value(loop.body, inner) for inner in rounds))

    def _call(self, node: Call, variables: Variables) -> Value:
        if node.function.lower() == "if" and len(node.arguments) == 3:  # noqa: PLR2004 - condition and two values
            condition, then, otherwise = node.arguments
            return self._choice(Choice(node.line, condition, then, otherwise), variables)
        return call(node, variables, self, self._meanings)
