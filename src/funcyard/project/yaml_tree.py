"""YAML read as a tree with places, from input that nobody has vetted.

Built from the parser's events one at a time, so that depth and size are bounded before anything
is built: text in, a :class:`Node` out, or one :class:`YamlFault` with line and column. Nothing is
ever constructed but mappings, sequences and scalars; aliases are copied, within the same bound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.reader import ReaderError

from funcyard.faults import TextFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.faults import Path

DEEPEST = 24
MOST_NODES = 20_000
LONGEST_TEXT = 256 * 1024

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_NUMBER = 18


class YamlFault(TextFault):
    """The text is not YAML that is taken here."""


@dataclass(slots=True)
class Node:
    """A scalar, a mapping or a sequence, with its place.

    Attributes:
        kind: ``scalar``, ``mapping`` or ``sequence``.
        line: Line of its first character, from 1.
        column: Column of its first character, from 1.
        start: Index of its first character in the text.
        end: Index behind its last character.
        flow: Whether a collection is written in brackets.
        text: A scalar's text, quotes and escapes resolved.
        plain: Whether a scalar is written without quotes.
        entries: A mapping's values by key, in the order of the file.
        keys: A mapping's keys as nodes.
        items: A sequence's items.
        path: Where it lies in the tree.
    """

    kind: str
    line: int
    column: int
    start: int
    end: int
    flow: bool = False
    text: str = ""
    plain: bool = False
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Node] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    path: Path = ()

    @property
    def value(self) -> object:
        """A scalar's value by YAML's core schema: text, whole or real number, boolean, null."""
        if not self.plain:
            return self.text
        if self.text in _WORDS:
            return _WORDS[self.text]
        if len(self.text) <= _LONGEST_NUMBER:
            if _INTEGER.match(self.text):
                return int(self.text)
            if _FLOAT.match(self.text):
                return float(self.text)
        return self.text

    def data(self) -> object:
        """Return the tree as plain mappings, lists and scalars."""
        if self.kind == "mapping":
            return {key: node.data() for key, node in self.entries.items()}
        if self.kind == "sequence":
            return [node.data() for node in self.items]
        return self.value

    def children(self) -> Iterator[tuple[str | int, Node]]:
        """Yield each key or index with its node."""
        yield from self.entries.items()
        yield from enumerate(self.items)

    def child(self, step: str | int) -> Node | None:
        """Return the value at a key or an index, or None where there is none."""
        if isinstance(step, int):
            return self.items[step] if step < len(self.items) else None
        return self.entries.get(step)


def read_yaml(text: str) -> Node:
    """Return the one document in ``text``.

    Raises:
        YamlFault: It is not YAML, is too large or too deep, or uses what a spec has no need of:
            tags, directives, several documents, keys that are not text or come twice.
    """
    if len(text) > LONGEST_TEXT:
        raise YamlFault(f"larger than {LONGEST_TEXT // 1024} KiB", 1, 1)
    builder = _Builder(text)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = " ".join(str(fault.problem or fault.context).split())
        raise YamlFault(f"not YAML: {problem}", line, column, _hint(problem)) from fault
    except ReaderError as fault:
        before = text[: fault.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        character = f"U+{ord(text[fault.position]):04X}"
        raise YamlFault(f"not text: the character {character}", line, column) from fault
    except YAMLError as fault:
        raise YamlFault(f"not YAML: {' '.join(str(fault).split())}", *builder.place) from fault
    except (ValueError, OverflowError, AttributeError, TypeError, IndexError) as fault:
        # What ruamel.yaml's scanner lets through on malformed escapes and directives.
        raise YamlFault(f"not YAML: {fault}", *builder.place) from fault
    if builder.root is None:
        raise YamlFault("empty", 1, 1, "a spec needs project_name and function_apps")
    _place(builder.root, ())
    return builder.root


class _Builder:
    """Takes events in order and keeps the collections that are still open."""

    def __init__(self, text: str) -> None:
        self.root: Node | None = None
        self.place = (1, 1)
        self._text = text
        self._open: list[Node] = []
        self._pending: list[str | None] = []
        self._anchors: dict[str, Node] = {}
        self._nodes = 0
        self._documents = 0

    def take(self, event: Any) -> None:  # noqa: ANN401 - ruamel's events share no typed base
        """Add one event to the tree."""
        self.place = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._fault("a second document begins here", "a spec is one document")
            if event.version or event.tags:
                raise self._fault("directives (%) are not taken in a spec")
        elif isinstance(event, CollectionEndEvent):
            self._close(event.end_mark.index)
        elif isinstance(event, AliasEvent):
            self._add(self._resolve(event))
        elif isinstance(event, NodeEvent):
            self._begin(event)

    def _begin(self, event: Any) -> None:  # noqa: ANN401 - as above
        if event.tag is not None:
            tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            raise self._fault(f"the tag {tag} is not taken in a spec", "write a plain value")
        if isinstance(event, ScalarEvent):
            node = self._node(event, "scalar")
            node.text, node.plain = event.value, event.implicit[0]
            if _SURROGATE.search(node.text):
                raise self._fault("half a character: an escape of a surrogate")
            node.end = node.start + len(self._text[node.start : node.end].rstrip())
        else:
            if len(self._open) >= DEEPEST:
                raise self._fault(f"nested deeper than {DEEPEST} levels")
            node = self._node(event, "mapping" if _is_mapping(event) else "sequence")
            node.flow = bool(event.flow_style)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        self._add(node)
        if node.kind != "scalar":
            self._open.append(node)
            self._pending.append(None)

    def _node(self, event: Any, kind: str) -> Node:  # noqa: ANN401 - as above
        return Node(kind, *self.place, event.start_mark.index, event.end_mark.index)

    def _add(self, node: Node) -> None:
        self._count()
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if parent.kind == "sequence":
            parent.items.append(node)
        elif (key := self._pending[-1]) is None:
            self._pending[-1] = self._add_key(parent, node)
        else:
            if node.plain and not node.text:
                self._place_empty(node, parent.keys[key])
            parent.entries[key] = node
            self._pending[-1] = None

    def _place_empty(self, node: Node, key: Node) -> None:
        """Put a value that is not written behind its key's colon; the scanner looks further."""
        colon = self._text.find(":", key.end)
        node.start = node.end = key.end if colon < 0 else colon + 1
        node.line, node.column = key.line, key.column

    def _add_key(self, parent: Node, node: Node) -> str:
        key = node.value if node.kind == "scalar" else None
        if not isinstance(key, str):
            raise self._fault("a key must be text")
        if key == "<<" and node.plain:
            raise self._fault("merge keys (<<) are not taken in a spec", "write the fields out")
        if key in parent.keys:
            first = parent.keys[key].line
            raise self._fault(f"the key {key!r} comes twice, first on line {first}")
        parent.keys[key] = node
        return key

    def _close(self, end: int) -> None:
        node = self._open.pop()
        self._pending.pop()
        if node.flow:
            node.end = end
        else:
            last = [child.end for _, child in node.children()]
            node.end = max(last, default=node.start)

    def _resolve(self, event: Any) -> Node:  # noqa: ANN401 - as above
        target = self._anchors.get(event.anchor)
        if target is None:
            raise self._fault(f"the alias *{event.anchor} has no anchor")
        if any(target is parent for parent in self._open):
            raise self._fault(f"the alias *{event.anchor} stands inside its own anchor")
        copy = self._copy(target, len(self._open))
        copy.line, copy.column = self.place
        copy.start, copy.end = event.start_mark.index, event.end_mark.index
        return copy

    def _copy(self, node: Node, depth: int) -> Node:
        if depth > DEEPEST:
            raise self._fault(f"nested deeper than {DEEPEST} levels")
        self._count()
        return replace(
            node,
            entries={key: self._copy(child, depth + 1) for key, child in node.entries.items()},
            keys=dict(node.keys),
            items=[self._copy(child, depth + 1) for child in node.items],
        )

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise self._fault(f"more than {MOST_NODES} values, aliases counted where they stand")

    def _fault(self, message: str, hint: str | None = None) -> YamlFault:
        return YamlFault(message, *self.place, hint)


def _is_mapping(event: object) -> bool:
    return isinstance(event, MappingStartEvent)


def _place(node: Node, path: Path) -> None:
    node.path = path
    for step, child in node.children():
        _place(child, (*path, step))


def _hint(problem: str) -> str | None:
    if "\\t" in problem:
        return "indent with spaces, not tabs"
    if "mapping values are not allowed" in problem:
        return "check the indentation, or put the text in quotes"
    return None
