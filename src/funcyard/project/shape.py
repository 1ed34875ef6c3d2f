"""From a tree to a typed spec, with every fault of shape told at once.

The tree is validated, the faulty parts are cut out of it and the rest is validated again, so that
the rules across fields can still speak about what is sound. A node keeps the path that it had in
the file, whatever is cut out around it; a required field that is missing is stood in for.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from funcyard.project.findings import Fault
from funcyard.project.shape_messages import explain
from funcyard.project.shorthand import TRIGGER_TYPES
from funcyard.project.spec import Spec

if TYPE_CHECKING:
    from datetime import date

    from pydantic_core import ErrorDetails

    from funcyard.faults import Path
    from funcyard.project.yaml_tree import Node

_MOST_ROUNDS = 6


@dataclass(slots=True)
class Shaped:
    """What came of a tree.

    Attributes:
        spec: The spec of its sound part, or None where nothing is left to speak about.
        faults: Every fault of shape with the node it is about, paths as in the file.
        cut: The paths, as in the file, that ``spec`` does not stand for.
    """

    spec: Spec | None = None
    faults: list[tuple[Fault, Node]] = field(default_factory=list)
    cut: set[Path] = field(default_factory=set)


@dataclass(slots=True)
class _Place:
    """Where an error is: the innermost written node, its parent, and the steps still open."""

    node: Node
    parent: Node | None
    rest: Path


def shape(root: Node, today: date) -> Shaped:
    """Return the spec that a tree means, with every fault of shape.

    The tree is cut: afterwards it holds what the spec was made of, so that a path of the spec
    finds its node in it.
    """
    shaped = Shaped()
    for _ in range(_MOST_ROUNDS):
        try:
            shaped.spec = Spec.model_validate(_data(root))
        except ValidationError as fault:
            errors = fault.errors(include_url=False, include_context=True)
            found = [(error, _find(root, error["loc"])) for error in errors]
            mended = [_take(shaped, error, place, today) for error, place in found]
            if not all(mended):
                return shaped
        else:
            return shaped
    return shaped


def locate(root: Node, path: Path) -> Node:
    """Return the node at a path of the spec, or the innermost one that the file has."""
    return _find(root, path).node


def _take(shaped: Shaped, error: ErrorDetails, place: _Place, today: date) -> bool:
    """Record one error and mend the tree; whether that was possible."""
    path = (*place.node.path, *place.rest)
    if path not in shaped.cut:
        message, hint = explain(error, place.node, place.parent, today)
        at = place.node
        if error["type"] == "extra_forbidden" and place.parent is not None:
            at = place.parent.keys.get(str(path[-1]), at)
        shaped.faults.append((Fault(path, message, hint), at))
        shaped.cut.add(path)
        if path == ("runtime", "name"):
            shaped.cut.add(("runtime", "version"))  # its version says nothing about Python
    if error["type"] == "missing":
        return _stand_in(place)
    return place.parent is not None and _remove(place.parent, place.node)


def _stand_in(place: _Place) -> bool:
    """Put a value where a required field is missing, so that its neighbours can be checked."""
    path = (*place.node.path, *place.rest)
    name = str(path[-1])
    if len(place.rest) > 1:
        return False
    number = next((step for step in reversed(path) if isinstance(step, int)), 0)
    prefix = {"path": "./", "source": "./", "target": "/"}.get(name, "")
    node = place.node
    if place.rest:
        node = replace(node, kind="scalar", end=node.start, path=path, entries={}, keys={})
        place.node.entries[name] = node
    if name == "function_apps":
        node.kind = "sequence"
    node.text, node.plain = f"{prefix}placeholder{number}", False
    return True


def _remove(parent: Node, node: Node) -> bool:
    for key, child in parent.entries.items():
        if child is node:
            del parent.entries[key]
            return True
    for index, child in enumerate(parent.items):
        if child is node:
            del parent.items[index]
            return True
    return False


def _find(root: Node, steps: Path) -> _Place:
    node, parent, rest = root, None, []
    for index, step in enumerate(steps):
        child = node.child(step)
        if child is not None:
            node, parent = child, node
        elif step not in TRIGGER_TYPES or node.path[-2:-1] != ("triggers",):
            rest = [*steps[index:]]
            break
    return _Place(node, parent, tuple(rest))


def _data(node: Node) -> object:
    if node.kind == "mapping":
        return {key: _data(child) for key, child in node.entries.items()}
    if node.kind == "sequence":
        return [_data(child) for child in node.items]
    return node.text if _is_text(node.path) else node.value


def _is_text(path: Path) -> bool:
    """Whether a scalar is text however it is written: 3.10 is a version, not 3.1."""
    is_version = path == ("runtime", "version")
    return is_version or (path[:1] == ("environment",) and path[-1] == "default")
