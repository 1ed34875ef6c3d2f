"""From a tree to a model, with every fault of shape told at once.

The tree is validated, the list items that hold faults are cut out of it and the rest is validated
again, so that the rules across files can still speak about what is sound.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ValidationError

from funcyard.twin.config.findings import Fault
from funcyard.twin.config.messages import TAG, explain

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from funcyard.faults import Path
    from funcyard.twin.config.json_tree import Node

MOST_FAULTS: Final = 100
"""So many of one file are told; whoever made more of them mends those first."""

_MOST_ROUNDS = 6


@dataclass(slots=True)
class Shaped:
    """What came of a tree.

    Attributes:
        model: What its sound part means, None where nothing is left to speak about.
        faults: Every fault of shape with the node it is about.
    """

    model: BaseModel | None = None
    faults: list[tuple[Fault, Node]] = field(default_factory=list)


def shape(file: str, model: type[BaseModel], root: Node, *, secret: bool) -> Shaped:
    """Return what a file means, with every fault of shape; the tree is cut where it has any.

    Args:
        file: The file's path in the twin's folder.
        model: What it should be.
        root: Its tree.
        secret: Whether its values are not to be shown.
    """
    shaped = Shaped()
    told: set[Path] = set()
    for _ in range(_MOST_ROUNDS):
        try:
            shaped.model = model.model_validate(root.data())
        except ValidationError as broken:
            for error, path, nodes in _places(broken, root)[:MOST_FAULTS]:
                if any(path[: len(one)] == one or one[: len(path)] == path for one in told):
                    continue
                told.add(path)
                message, hint = explain(error, model, nodes[-1], secret=secret)
                shaped.faults.append((Fault(file, path, message, hint), _told_at(error, nodes)))
            if (left := broken.error_count() - MOST_FAULTS) > 0:
                shaped.faults.append((Fault(file, (), f"{left} more faults of this file"), root))
                return shaped
            if not _cut(root, broken):
                return shaped
        else:
            return shaped
    return shaped


def locate(root: Node, path: Path) -> Node:
    """Return the node at a path of the file, or the innermost one that the file has."""
    return _way(root, path)[-1]


def as_the_file_counts(root: Node, loc: Path) -> Path:
    """Return where something of a model is in the file, whatever was cut out of its tree before."""
    node: Node | None = root
    path: list[str | int] = []
    for step in loc:
        below = None
        if _is_tag(node, step):
            continue
        if node is not None and isinstance(step, int):
            below = node.items[step] if step < len(node.items) else None
        elif node is not None:
            below = node.entries.get(str(step))
        path.append(below.path[-1] if below else step)
        node = below
    return tuple(path)


def _places(broken: ValidationError, root: Node) -> list[tuple[ErrorDetails, Path, list[Node]]]:
    """Return each error with its path in the file and the nodes on the way to it."""
    found = []
    for error in broken.errors(include_url=False):
        path = as_the_file_counts(root, error["loc"])
        nodes = _way(root, path)
        rest = path[len(nodes) - 1 :]
        found.append((error, (*nodes[-1].path, *rest), nodes))
    return found


def _is_tag(node: Node | None, step: str | int) -> bool:
    """Tell whether a step is no field, but the name of the pattern that an object says to be of."""
    kind = node.entries.get(TAG) if node else None
    return kind is not None and kind.value == step and node is not None and step not in node.entries


def _way(root: Node, path: Path) -> list[Node]:
    nodes = [root]
    for step in path:
        below = nodes[-1].child(step)
        if below is None:
            break
        nodes.append(below)
    return nodes


def _told_at(error: ErrorDetails, nodes: list[Node]) -> Node:
    """Return the node whose place is told: of an unknown field its name, not its value."""
    if error["type"] == "extra_forbidden" and len(nodes) > 1:
        return nodes[-2].keys.get(str(nodes[-1].path[-1]), nodes[-1])
    return nodes[-1]


def _cut(root: Node, broken: ValidationError) -> bool:
    """Take the innermost list item around each error out of the tree; whether all had one."""
    places = [nodes for _, _, nodes in _places(broken, root)]
    for nodes in places:
        pairs = list(pairwise(nodes))
        found = next(((one, two) for one, two in reversed(pairs) if one.kind == "array"), None)
        if found is None:
            return False
        around, item = found
        around.items = [one for one in around.items if one is not item]
    return True
