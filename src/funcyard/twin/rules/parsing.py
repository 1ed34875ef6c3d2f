"""From a text to a condition, or to the first fault of it with its place.

    condition  = all { "or" all }
    all        = one { "and" one }
    one        = "not" one | "(" condition ")" | operand OPERATOR operand
    operand    = ENTITY "." [ COMPONENT "." ] PROPERTY | TYPE "(" value ")"

``not`` binds closer than ``and``, that closer than ``or``. Words may be written in capitals.
"""

from __future__ import annotations

import json
import math
import re
from typing import Final, NoReturn

from .errors import ConditionError
from .tree import (
    DATA_TYPES,
    OPERATORS,
    And,
    Comparison,
    Condition,
    Constant,
    DataType,
    Not,
    Operand,
    Operator,
    Or,
    Path,
)

DEEPEST: Final = 32
LONGEST: Final = 2000

_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[A-Za-z0-9_.-]+")
_ENTITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9_]{0,62}[A-Za-z0-9])?")
_BARE = re.compile(r'[^\s()"]+')
_QUOTED = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_DOUBLE = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LARGEST = 2**63
_LONGEST_NUMBER = 40
_INSTEAD = {"=>": ">=", "=<": "<=", "<>": "!=", "&&": "and", "||": "or", "=": "==", "!": "not"}
_KEYWORDS = frozenset({"and", "or", "not"})


def parse(text: str) -> Condition:
    """Return the condition that a text means.

    Raises:
        ConditionError: It means none; the fault is the first in the text.
    """
    return _Parser(text).condition_alone()


class _Parser:
    """Goes through a text once, from the left."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def condition_alone(self) -> Condition:
        if len(self._text) > LONGEST:
            self._fail(f"longer than {LONGEST} characters", LONGEST)
        found = self._condition()
        self._skip()
        if self._at < len(self._text):
            self._fail(f"expected and, or or the end, found {self._shown()}", self._at)
        return found

    def _condition(self) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            self._fail(f"nested deeper than {DEEPEST} levels", self._at)
        parts = [self._all()]
        while self._takes("or"):
            parts.append(self._all())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._takes("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self) -> Condition:
        turned = 0
        while self._takes("not"):
            turned += 1
            if turned + self._depth > DEEPEST:
                self._fail(f"nested deeper than {DEEPEST} levels", self._at)
        self._skip()
        found: Condition
        if self._text[self._at : self._at + 1] == "(":
            opened = self._at
            self._at += 1
            found = self._condition()
            self._close("(", opened)
        else:
            found = self._comparison()
        for _ in range(turned):
            found = Not(found)
        return found

    def _comparison(self) -> Comparison:
        left = self._operand()
        self._skip()
        position = self._at
        operator = self._operator()
        found = Comparison(left, operator, self._operand(), position)
        if isinstance(left, Constant) and isinstance(found.right, Constant):
            self._fail(
                "compares two constants", left.position, "one of them is a property, as room.size"
            )
        self._skip()
        if self._text.startswith(OPERATORS, self._at):
            self._fail("a second comparison", self._at, "join two by and")
        return found

    def _operator(self) -> Operator:
        for operator in OPERATORS:
            if self._text.startswith(operator, self._at):
                self._at += len(operator)
                return operator
        return self._fail(f"expected a comparison, found {self._shown()}", self._at)

    def _operand(self) -> Operand:
        self._skip()
        start = self._at
        found = _WORD.match(self._text, start)
        if found is None or found[0].lower() in _KEYWORDS:
            return self._fail(f"expected a property or a constant, found {self._shown()}", start)
        word = found[0]
        self._at = found.end()
        self._skip()
        if self._text[self._at : self._at + 1] == "(":
            return self._constant(word, start)
        self._at = found.end()
        return self._path(word, start)

    def _path(self, word: str, start: int) -> Path:
        steps = word.split(".")
        name = steps[-1]
        if _DOUBLE.fullmatch(word):
            kind = "INTEGER" if _INTEGER.fullmatch(word) else "DOUBLE"
            self._fail("a number without a type", start, f"write {kind}({word})")
        if word.lower() in {"true", "false"}:
            self._fail("a truth value without a type", start, f"write BOOLEAN({word.lower()})")
        if len(steps) not in {2, 3}:
            hint = "write ENTITY.PROPERTY or ENTITY.COMPONENT.PROPERTY"
            self._fail(f"{word} is no property", start, hint)
        if not _ENTITY.fullmatch(steps[0]):
            self._fail(f"no twin or device is called {steps[0]!r}", start)
        for step in steps[1:]:
            if not _NAME.fullmatch(step):
                self._fail(f"no property or component is called {step!r}", start)
        return Path(
            steps[0], name, steps[1] if len(steps) > len(["entity", "name"]) else None, start
        )

    def _constant(self, word: str, start: int) -> Constant:
        data_type = next((one for one in DATA_TYPES if one == word), None)
        if data_type is None:
            close = next((one for one in DATA_TYPES if one == word.upper()), None)
            hint = f"write {close}" if close else f"one of {', '.join(DATA_TYPES)}"
            self._fail(f"no type is called {word}", start, hint)
        opened = self._at
        self._at += 1
        self._skip()
        position = self._at
        quoted = _QUOTED.match(self._text, position)
        found = quoted or _BARE.match(self._text, position)
        if found is None:
            self._fail(f"{data_type} holds no value", opened, f"write {data_type}(VALUE)")
        self._at = found.end()
        if quoted and data_type != "STRING":
            self._fail(f"{data_type} of a text", position, "take the quotes away")
        value = self._text_of(quoted[0], position) if quoted else self._value(data_type, found[0])
        self._close("(", opened)
        return Constant(data_type, value, start)

    def _value(self, data_type: DataType, told: str) -> bool | float | str:
        position = self._at - len(told)
        if data_type == "STRING":
            return told
        if data_type == "BOOLEAN":
            if told.lower() not in {"true", "false"}:
                self._fail(f"{told} is no truth value", position, "write true or false")
            return told.lower() == "true"
        if data_type == "INTEGER":
            if not _INTEGER.fullmatch(told) or not -_LARGEST <= int(told) < _LARGEST:
                self._fail(f"{told} is no whole number of 64 bits", position)
            return int(told)
        number = (
            float(told) if _DOUBLE.fullmatch(told) and len(told) <= _LONGEST_NUMBER else math.inf
        )
        if math.isinf(number):
            self._fail(f"{told} is no number", position, "as -1.5 or 3e2")
        return number

    def _text_of(self, quoted: str, position: int) -> str:
        try:
            text = json.loads(quoted)
        except ValueError:
            self._fail("an escape that JSON does not know", position)
        if _SURROGATE.search(text):
            self._fail("half a character: an escape of a surrogate", position)
        return str(text)

    def _takes(self, word: str) -> bool:
        """Go behind a word, where it is the next."""
        self._skip()
        found = _WORD.match(self._text, self._at)
        if found is None or found[0].lower() != word:
            return False
        self._at = found.end()
        return True

    def _close(self, bracket: str, opened: int) -> None:
        self._skip()
        if self._text[self._at : self._at + 1] == ")":
            self._at += 1
        elif self._at == len(self._text):
            self._fail(f"{bracket} is never closed", opened)
        else:
            self._fail(f"expected ), found {self._shown()}", self._at)

    def _skip(self) -> None:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _shown(self) -> str:
        if self._at == len(self._text):
            return "the end"
        word = _WORD.match(self._text, self._at)
        return word[0] if word else repr(self._text[self._at])

    def _fail(self, message: str, position: int, hint: str | None = None) -> NoReturn:
        if hint is None:
            written = next((one for one in _INSTEAD if self._text.startswith(one, position)), None)
            known = self._text.startswith(OPERATORS, position)
            hint = f"write {_INSTEAD[written]}" if written and not known else None
        raise ConditionError(message, self._text, position, hint)
