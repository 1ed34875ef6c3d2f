"""JSON read as a tree with places, from input that nobody has vetted.

Text in, a :class:`Node` out, or one :class:`JsonFault` with line and column. Strict, by RFC 8259,
and narrower where two readers could disagree: no key twice, no half characters, no number that a
double cannot hold. Depth and size are bounded.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NoReturn

from funcyard.faults import TextFault

if TYPE_CHECKING:
    from funcyard.faults import Path

DEEPEST: Final = 32
LONGEST: Final = 1024 * 1024

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?(?![0-9A-Za-z_.+-])")
_WORD = re.compile(r"[A-Za-z]+")
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None}
_CHARACTER = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.|.", re.DOTALL)
"""One character of a text as it is written, a pair of surrogates together."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_NUMBER = 40


class JsonFault(TextFault):
    """The text is not JSON that is taken here."""


@dataclass(slots=True)
class Node:
    """An object, an array or a scalar, with its place.

    Attributes:
        kind: ``object``, ``array`` or ``scalar``.
        line: Line of its first character, from 1.
        column: Column of its first character, from 1.
        path: Where it lies in the file, whatever is taken out around it.
        value: What a scalar is.
        raw: What stands between a text's quotes, escapes included.
        entries: An object's values by key, in the order of the file.
        keys: An object's keys as nodes.
        items: An array's items.
    """

    kind: str
    line: int
    column: int
    path: Path = ()
    value: object = None
    raw: str = ""
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Node] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)

    def data(self) -> object:
        """Return the tree as dictionaries, tuples and scalars."""
        if self.kind == "object":
            return {key: node.data() for key, node in self.entries.items()}
        if self.kind == "array":
            return tuple(node.data() for node in self.items)
        return self.value

    def child(self, step: str | int) -> Node | None:
        """Return the value at a key or an index of the file, or None where there is none."""
        if isinstance(step, int):
            if step < len(self.items) and self.items[step].path[-1] == step:
                return self.items[step]
            return next((item for item in self.items if item.path[-1] == step), None)
        return self.entries.get(step)

    def column_of(self, offset: int) -> int:
        """Return the column of a text's character, counted from 0 as it is read."""
        ends = [found.end() for found in _CHARACTER.finditer(self.raw)]
        return self.column + 1 + (ends[min(offset, len(ends)) - 1] if offset and ends else 0)


def read_json(text: str) -> Node:
    """Return the one document in ``text``.

    Raises:
        JsonFault: It is not JSON, is too large or too deep, holds a key twice, half a character or
            a number that is too large.
    """
    return _Reader(text).document()


class _Reader:
    """Goes through a text once, from the left."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]

    def document(self) -> Node:
        if len(self._text) > LONGEST:
            self._fail(f"larger than {LONGEST // 1024} KiB", 0)
        self._skip()
        if self._at == len(self._text):
            self._fail("empty", 0)
        root = self._value((), 0)
        self._skip()
        if self._at < len(self._text):
            self._fail(f"not JSON: {self._shown()} behind the end")
        return root

    def _value(self, path: Path, depth: int) -> Node:
        if depth > DEEPEST:
            self._fail(f"nested deeper than {DEEPEST} levels")
        start = self._text[self._at : self._at + 1]
        if start == "{":
            return self._object(path, depth)
        if start == "[":
            return self._array(path, depth)
        if start == '"':
            return self._string(path)
        if start == "-" or start.isdecimal():
            return self._number(path)
        return self._word(path)

    def _object(self, path: Path, depth: int) -> Node:
        node = self._node("object", path)
        self._at += 1
        while not self._ends("}", first=not node.entries):
            if self._text[self._at : self._at + 1] != '"':
                self._fail(f"not JSON: expected a key in quotes, found {self._shown()}")
            key = self._string(path)
            name = str(key.value)
            if first := node.keys.get(name):
                message = f"the key {json.dumps(name)} comes twice, first on line {first.line}"
                raise JsonFault(message, key.line, key.column)
            key.path = (*path, name)
            self._skip()
            if self._text[self._at : self._at + 1] != ":":
                self._fail(f"not JSON: expected a colon, found {self._shown()}")
            self._at += 1
            self._skip()
            node.keys[name] = key
            node.entries[name] = self._value((*path, name), depth + 1)
        return node

    def _array(self, path: Path, depth: int) -> Node:
        node = self._node("array", path)
        self._at += 1
        while not self._ends("]", first=not node.items):
            node.items.append(self._value((*path, len(node.items)), depth + 1))
        return node

    def _ends(self, bracket: str, *, first: bool) -> bool:
        """Go on to the next element; tell whether there is none."""
        self._skip()
        if self._text[self._at : self._at + 1] == bracket:
            self._at += 1
            return True
        if first:
            return False
        if self._text[self._at : self._at + 1] != ",":
            self._fail(f"not JSON: expected a comma or {bracket}, found {self._shown()}")
        comma = self._at
        self._at += 1
        self._skip()
        if self._text[self._at : self._at + 1] == bracket:
            self._fail(f"not JSON: a comma before {bracket}", comma, "take it away")
        return False

    def _string(self, path: Path) -> Node:
        node = self._node("scalar", path)
        start = self._at + 1
        try:
            text, self._at = _DECODER.raw_decode(self._text, self._at)
        except json.JSONDecodeError as fault:
            self._fail(f"not JSON: {fault.msg[:1].lower()}{fault.msg[1:]}", fault.pos)
        if _SURROGATE.search(text):
            self._fail("half a character: an escape of a surrogate", start - 1)
        node.value = text
        node.raw = self._text[start : self._at - 1]
        return node

    def _number(self, path: Path) -> Node:
        node = self._node("scalar", path)
        found = _NUMBER.match(self._text, self._at)
        if found is None:
            self._fail("not JSON: no number is written like this")
        if len(found[0]) > _LONGEST_NUMBER:
            self._fail("a number of more digits than are taken")
        whole = found[1] is None and found[2] is None
        node.value = int(found[0]) if whole else float(found[0])
        if isinstance(node.value, float) and math.isinf(node.value):
            self._fail("a number too large")
        self._at = found.end()
        return node

    def _word(self, path: Path) -> Node:
        node = self._node("scalar", path)
        found = _WORD.match(self._text, self._at)
        if found is None or found[0] not in _WORDS:
            self._fail(f"not JSON: expected a value, found {self._shown()}")
        node.value = _WORDS[found[0]]
        self._at = found.end()
        return node

    def _node(self, kind: str, path: Path) -> Node:
        return Node(kind, *self._place(self._at), path)

    def _skip(self) -> None:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _shown(self) -> str:
        if self._at == len(self._text):
            return "the end of the file"
        return repr(self._text[self._at])

    def _place(self, at: int) -> tuple[int, int]:
        line = bisect_right(self._lines, at)
        return line, at - self._lines[line - 1] + 1

    def _fail(self, message: str, at: int | None = None, hint: str | None = None) -> NoReturn:
        at = self._at if at is None else at
        if hint is None:
            rest = self._text[at : at + 2]
            hint = "JSON has no comments" if rest in {"//", "/*"} or rest[:1] == "#" else None
            hint = "JSON has double quotes only" if rest[:1] == "'" else hint
        raise JsonFault(message, *self._place(at), hint)
