"""Expressions of queries, from the loosest binding to the tightest: OR, AND, NOT, comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.cosmos.sql import tree
from funcyard.emulator.cosmos.sql.errors import QueryError, syntax, unknown
from funcyard.emulator.cosmos.sql.functions import FUNCTIONS
from funcyard.emulator.cosmos.sql.values import UNDEFINED

if TYPE_CHECKING:
    from funcyard.emulator.cosmos.sql.lexer import Token

_CONSTANTS: Final = {"TRUE": True, "FALSE": False, "NULL": None, "UNDEFINED": UNDEFINED}
_COMPARISONS: Final = ("=", "!=", "<>", "<", "<=", ">", ">=")
_DEEPEST: Final = 100


class Reader:
    """Tokens, read one after another.

    Attributes:
        at: The number of the next one.
    """

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self.at = 0

    @property
    def next(self) -> Token:
        """The next token."""
        return self._tokens[self.at]

    @property
    def after(self) -> Token:
        """The one after the next."""
        return self._tokens[min(self.at + 1, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Return the next token and go on."""
        token = self.next
        self.at = min(self.at + 1, len(self._tokens) - 1)
        return token

    def skip_word(self, word: str) -> bool:
        """Go on if the next token is a keyword; return whether it is."""
        found = self.next.is_word(word)
        if found:
            self.take()
        return found

    def skip_symbol(self, symbol: str) -> bool:
        """Go on if the next token is a symbol; return whether it is."""
        found = self.next.is_symbol(symbol)
        if found:
            self.take()
        return found

    def expect_word(self, word: str) -> None:
        """Go on behind a keyword that must come.

        Raises:
            QueryError: It does not.
        """
        if not self.skip_word(word):
            raise syntax(self.next.text, self.next.start)

    def expect_symbol(self, symbol: str) -> None:
        """Go on behind a symbol that must come.

        Raises:
            QueryError: It does not.
        """
        if not self.skip_symbol(symbol):
            raise syntax(self.next.text, self.next.start)

    def name(self) -> str:
        """Return the name that must come.

        Raises:
            QueryError: None does.
        """
        if self.next.kind != "word":
            raise syntax(self.next.text, self.next.start)
        return self.take().text


class Expressions:
    """Reads expressions in which an item has a name.

    Args:
        reader: The tokens.
        alias: The item's name.
    """

    def __init__(self, reader: Reader, alias: str) -> None:
        self._reader = reader
        self.alias = alias
        self._depth = 0

    def any(self) -> tree.Expression:
        """Return the expression that must come.

        Raises:
            QueryError: None does, or none that is known here.
        """
        self._depth += 1
        if self._depth > _DEEPEST:
            raise unknown("An expression nested that deep", self._reader.next.start)
        found = [self._all()]
        while self._reader.skip_word("OR"):
            found.append(self._all())
        self._depth -= 1
        return found[0] if len(found) == 1 else tree.Logic("OR", tuple(found))

    def bound(self) -> tree.Expression:
        """Return the number of results that must come, or a parameter for it."""
        token = self._reader.take()
        if token.kind == "parameter":
            return tree.Parameter(token.text)
        if token.kind == "number" and isinstance(token.value, int):
            return tree.Constant(token.value)
        raise syntax(token.text, token.start)

    def _all(self) -> tree.Expression:
        found = [self._not()]
        while self._reader.skip_word("AND"):
            found.append(self._not())
        return found[0] if len(found) == 1 else tree.Logic("AND", tuple(found))

    def _not(self) -> tree.Expression:
        count = 0
        while self._reader.skip_word("NOT"):
            count += 1
        found = self._comparison()
        for _ in range(count):
            found = tree.Unary("NOT", found)
        return found

    def _comparison(self) -> tree.Expression:
        found = self._sum()
        while True:
            token = self._reader.next
            if token.is_symbol(*_COMPARISONS):
                self._reader.take()
                sign = "!=" if token.text == "<>" else token.text
                found = tree.Binary(sign, found, self._sum())
            elif token.is_word("IN", "BETWEEN") or (
                token.is_word("NOT") and self._reader.after.is_word("IN", "BETWEEN")
            ):
                found = self._range(found)
            elif token.is_word("LIKE"):
                raise unknown("LIKE", token.start)
            else:
                return found

    def _range(self, operand: tree.Expression) -> tree.Expression:
        negated = self._reader.skip_word("NOT")
        found: tree.Expression
        if self._reader.skip_word("IN"):
            self._reader.expect_symbol("(")
            found = tree.In(operand, self._listed(")"))
        else:
            self._reader.expect_word("BETWEEN")
            low = self._sum()
            self._reader.expect_word("AND")
            found = tree.Between(operand, low, self._sum())
        return tree.Unary("NOT", found) if negated else found

    def _sum(self) -> tree.Expression:
        found = self._product()
        while self._reader.next.is_symbol("+", "-"):
            found = tree.Binary(self._reader.take().text, found, self._product())
        return found

    def _product(self) -> tree.Expression:
        found = self._unary()
        while self._reader.next.is_symbol("*", "/", "%"):
            found = tree.Binary(self._reader.take().text, found, self._unary())
        return found

    def _unary(self) -> tree.Expression:
        signs: list[str] = []
        while self._reader.next.is_symbol("-", "+"):
            signs.append(self._reader.take().text)
        found = self._path(self._primary())
        for sign in reversed(signs):
            found = tree.Unary(sign, found)
        return found

    def _path(self, found: tree.Expression) -> tree.Expression:
        while True:
            if self._reader.skip_symbol("."):
                found = tree.Member(found, tree.Constant(self._reader.name()))
            elif self._reader.skip_symbol("["):
                found = tree.Member(found, self.any())
                self._reader.expect_symbol("]")
            else:
                return found

    def _primary(self) -> tree.Expression:
        token = self._reader.take()
        match token.kind, token.text:
            case (("number" | "text"), _):
                found: tree.Expression = tree.Constant(token.value)
            case "parameter", name:
                found = tree.Parameter(name)
            case "word", _:
                found = self._word(token)
            case "filter", _:
                found = tree.Constant(value=True)  # a plan's; a client replaces or leaves it
            case "symbol", "(":
                found = self.any()
                self._reader.expect_symbol(")")
            case "symbol", "[":
                found = tree.ArrayOf(self._listed("]"))
            case "symbol", "{":
                found = self._object()
            case _:
                raise syntax(token.text, token.start)
        return found

    def _word(self, token: Token) -> tree.Expression:
        name = token.text.upper()
        if name in {"SELECT", "EXISTS", "ARRAY", "CASE"}:
            raise unknown(name, token.start)
        if self._reader.next.is_symbol("("):
            self._reader.take()
            return self._call(token, name)
        if token.text == self.alias:
            return tree.Item()
        if name in _CONSTANTS:
            return tree.Constant(_CONSTANTS[name])
        end = token.start + len(token.text)
        message = f"Identifier '{token.text}' could not be resolved."
        raise QueryError(message, token.start, end, "SC2001")

    def _call(self, token: Token, name: str) -> tree.Expression:
        arguments = self._listed(")")
        if name in tree.AGGREGATES:
            least = most = 1
        elif name in FUNCTIONS:
            least, most = FUNCTIONS[name].least, FUNCTIONS[name].most
        else:
            raise unknown(f"The function {token.text}", token.start)
        if not least <= len(arguments) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            message = f"The {name} function requires {wanted} argument(s)."
            raise QueryError(message, token.start, token.start + len(name), "SC2050")
        return tree.Call(name, arguments)

    def _listed(self, end: str) -> tuple[tree.Expression, ...]:
        """Return expressions up to a closing symbol."""
        if self._reader.skip_symbol(end):
            return ()
        found = [self.any()]
        while self._reader.skip_symbol(","):
            found.append(self.any())
        self._reader.expect_symbol(end)
        return tuple(found)

    def _object(self) -> tree.Expression:
        members: dict[str, tree.Expression] = {}
        while not self._reader.next.is_symbol("}"):
            token = self._reader.take()
            name = str(token.value) if token.kind == "text" else token.text
            if token.kind not in {"text", "word"} or name in members:
                raise syntax(token.text, token.start)
            self._reader.expect_symbol(":")
            members[name] = self.any()
            if not self._reader.skip_symbol(","):
                break
        self._reader.expect_symbol("}")
        return tree.ObjectOf(tuple(members), tuple(members.values()))
