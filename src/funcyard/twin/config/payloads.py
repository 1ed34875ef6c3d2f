"""Files of payloads: lists of objects that simulated devices send one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.config.json_tree import JsonFault, Node, read_json
from funcyard.twin.config.texts import read_text

if TYPE_CHECKING:
    from pathlib import Path


def read_payloads(folder: Path, file: str) -> Node:
    """Return a file's list of objects, with places.

    Raises:
        JsonFault: There is no such file, or it holds none.
    """
    text = read_text(folder, file)
    if text is None:
        raise JsonFault("is missing", 0, 0)
    tree = read_json(text)
    if tree.kind != "array" or not tree.items:
        raise JsonFault("expected a list of payloads", tree.line, tree.column)
    for one in tree.items:
        if one.kind != "object":
            raise JsonFault("a payload is an object", one.line, one.column)
    return tree
