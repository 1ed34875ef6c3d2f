"""Edits of a person's spec: characters are put in or taken out where the change is, nowhere else.

Each edit finds its place in the tree of the text, splices, reads the result again and compares
what it says with what was meant. Where a layout defeats the splice, nothing is returned and the
error says what to write by hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from funcyard.errors import UserError
from funcyard.faults import Severity, dotted
from funcyard.project.findings import Finding, SpecError
from funcyard.project.root import SPEC_FILE
from funcyard.project.spec_text.emitting import block, flow, inline, quoted
from funcyard.project.spec_text.writing import app_data, item_data
from funcyard.project.yaml_tree import YamlFault, read_yaml

if TYPE_CHECKING:
    from funcyard.faults import Path
    from funcyard.project.spec import FunctionApp, StorageItem
    from funcyard.project.yaml_tree import Node

StorageKind = Literal["blob_containers", "queues", "tables"]


class SpecEditError(UserError):
    """A spec's text cannot be edited in place."""

    code = "spec-not-edited"


def add_app(text: str, app: FunctionApp) -> str:
    """Return the text with an app added behind the last one.

    Raises:
        SpecError: The text is not YAML.
        SpecEditError: It has an app of that name, or its layout cannot be edited in place.
    """
    tree = _tree(text)
    if _index_of(tree, app.name) is not None:
        raise SpecEditError(f"{SPEC_FILE} already has an app {app.name!r}")
    return _append(text, ("function_apps",), app_data(app))


def remove_app(text: str, name: str) -> str:
    """Return the text without an app; comments inside it go, those around it stay.

    Raises:
        SpecError: The text is not YAML.
        SpecEditError: There is no such app, it is the last, or the layout cannot be edited.
    """
    tree = _tree(text)
    index = _index_of(tree, name)
    apps = tree.child("function_apps")
    if index is None or apps is None:
        raise SpecEditError(f"{SPEC_FILE} has no app {name!r}")
    if len(apps.items) == 1:
        raise SpecEditError(f"{name!r} is the only app", hint="a project has at least one")
    wanted: Any = tree.data()
    del wanted["function_apps"][index]
    hint = f"delete the app {name!r} in {SPEC_FILE} by hand"
    return _checked(_without(text, apps, index), wanted, hint)


def add_storage(text: str, kind: StorageKind, item: StorageItem) -> str:
    """Return the text with a container, a queue or a table declared.

    Raises:
        SpecError: The text is not YAML.
        SpecEditError: It is declared already, or the layout cannot be edited in place.
    """
    tree = _tree(text)
    storage = tree.child("storage")
    items = storage.child(kind) if storage else None
    if items and any(_name(node) == item.name for node in items.items):
        raise SpecEditError(f"{SPEC_FILE} already declares {item.name!r}")
    return _append(text, ("storage", kind), item_data(item))


def set_value(text: str, path: Path, value: object) -> str:
    """Return the text with a value set; fields and mappings on the way are made.

    Args:
        text: The spec's text.
        path: Such as ``("runtime", "version")`` or ``("function_apps", 0, "port")``.
        value: Text, a number, a boolean, or lists and mappings of them.

    Raises:
        SpecError: The text is not YAML.
        SpecEditError: The path leads nowhere, or the layout cannot be edited in place.
    """
    tree = _tree(text)
    hint = f"write {dotted(path)}: {flow(value)} in {SPEC_FILE} by hand"
    node, depth = tree, 0
    while depth < len(path) and (child := node.child(path[depth])) is not None:
        node, depth = child, depth + 1
    wanted = _with(tree.data(), path, value)
    rest = path[depth:]
    if any(isinstance(step, int) for step in rest):
        raise SpecEditError(f"{dotted(path)} is not in {SPEC_FILE}", hint=hint)
    if not rest:
        return _checked(_replaced(text, node, value), wanted, hint)
    for step in reversed(rest[1:]):
        value = {step: value}
    return _checked(_put(text, node, {str(rest[0]): value}), wanted, hint)


def _append(text: str, path: Path, item: Mapping[str, object]) -> str:
    """Add an item to the list at a path, making the list where there is none."""
    tree = _tree(text)
    node: Node | None = tree
    for step in path:
        node = node.child(step) if node else None
    if node is None or node.kind != "sequence" or not node.items:
        return set_value(text, path, [item])
    wanted: Any = tree.data()
    items = wanted
    for step in path:
        items = items[step]
    items.append(item)
    lines = list(block([item], node.column - 1))
    hint = f"add to {dotted(path)} in {SPEC_FILE} by hand:\n" + "\n".join(lines)
    if node.flow:
        at = node.items[-1].end
        return _checked(f"{text[:at]}, {_bracketed(text, item)}{text[at:]}", wanted, hint)
    return _checked(_insert(text, node.end, lines), wanted, hint)


def _put(text: str, node: Node, entry: Mapping[str, object]) -> str:
    """Add an entry to a mapping, or to one that is written as nothing yet."""
    if node.kind == "mapping" and node.flow:
        at = max((child.end for _, child in node.children()), default=node.start + 1)
        comma = ", " if node.entries else ""
        return f"{text[:at]}{comma}{_bracketed(text, entry)[1:-1]}{text[at:]}"
    if node.kind == "mapping":
        section = [""] if not node.path and not _is_short(entry) else []
        return _insert(text, node.end, [*section, *block(entry, node.column - 1)])
    return _replaced(text, node, entry)


def _bracketed(text: str, value: object) -> str:
    """Return a value in flow style; as JSON where the whole text is that."""
    return json.dumps(value, ensure_ascii=False) if text.lstrip().startswith("{") else flow(value)


def _replaced(text: str, node: Node, value: object) -> str:
    """Put a value where a node stands."""
    old = text[node.start : node.end]
    if isinstance(value, str) and old[:1] in {"'", '"'}:
        new = quoted(value)
    elif not old or old in {"[]", "{}"}:
        return _fill(text, node, value)
    else:
        new = inline(value) if _block_key(_tree(text), node) else _bracketed(text, value)
    return text[: node.start] + new + text[node.end :]


def _fill(text: str, node: Node, value: object) -> str:
    """Put a value where a key has nothing, or an empty collection, behind it."""
    before, after = text[: node.start].rstrip(" "), text[node.end :]
    key = _block_key(_tree(text), node)
    if key is None or not isinstance(value, (Mapping, list, tuple)):
        return f"{before} {_bracketed(text, value)}{after}"
    return _insert(before + after, len(before), list(block(value, key.column + 1)))


def _block_key(tree: Node, node: Node) -> Node | None:
    """Return the key of a value in block style, None inside brackets and for a list's items."""
    parent: Node | None = tree
    for step in node.path[:-1]:
        parent = None if parent is None or parent.flow else parent.child(step)
    return None if parent is None or parent.flow else parent.keys.get(str(node.path[-1]))


def _insert(text: str, at: int, lines: list[str]) -> str:
    """Put lines behind the line in which a place is."""
    newline = "\r\n" if "\r\n" in text else "\n"
    end = text.find("\n", at)
    head, tail = (text, "") if end < 0 else (text[: end + 1], text[end + 1 :])
    if not head.endswith("\n"):
        head += newline
    return head + "".join(f"{line}{newline}" for line in lines) + tail


def _without(text: str, parent: Node, index: int) -> str:
    item = parent.items[index]
    if not parent.flow:
        start = text.rfind("\n", 0, item.start) + 1
        end = text.find("\n", item.end)
        return text[:start] + ("" if end < 0 else text[end + 1 :])
    if index + 1 < len(parent.items):
        return text[: item.start] + text[parent.items[index + 1].start :]
    return text[: parent.items[index - 1].end] + text[item.end :]


def _checked(text: str, wanted: object, hint: str) -> str:
    """Return the text if it says what was wanted."""
    try:
        said = read_yaml(text).data()
    except YamlFault as fault:
        raise SpecEditError("the layout of the spec cannot be edited", hint=hint) from fault
    if said != _plain(wanted):
        raise SpecEditError("the layout of the spec cannot be edited", hint=hint)
    return text


def _with(data: Any, path: Path, value: object) -> object:  # noqa: ANN401 - YAML holds anything
    """Return a copy of the data with a value set."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        items = list(data) if isinstance(data, list) else []
        if step >= len(items):
            return data
        items[step] = _with(items[step], rest, value)
        return items
    entries = dict(data) if isinstance(data, dict) else {}
    return {**entries, step: _with(entries.get(step), rest, value)}


def _plain(value: object) -> object:
    """Return data with lists for tuples, as a reader gives it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _tree(text: str) -> Node:
    try:
        return read_yaml(text)
    except YamlFault as fault:
        finding = Finding(Severity.ERROR, "", fault.message, fault.line, fault.column, fault.hint)
        raise SpecError(SPEC_FILE, [finding]) from fault


def _index_of(tree: Node, app: str) -> int | None:
    apps = tree.child("function_apps")
    names = [_name(node) for node in apps.items] if apps else []
    return names.index(app) if app in names else None


def _name(node: Node) -> str:
    """Return the name of an item that is a mapping with one, or just the name."""
    named = node.child("name") if node.kind == "mapping" else node
    return named.text.strip() if named else ""


def _is_short(entry: Mapping[str, object]) -> bool:
    return not any(isinstance(value, (Mapping, list, tuple)) for value in entry.values())
