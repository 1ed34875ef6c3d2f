"""The files that a source opens, and the folders that it lists, by a path written in it.

Known ways: ``open``, ``Path`` and its reading and listing methods, ``os.path.join``,
``os.listdir`` and its like, ``glob.glob``, ``pkgutil.get_data``, ``importlib.resources.files``,
with paths made of literals, of ``__file__`` and of names that the module sets once. A path that is
also written to, asked for with ``exists`` or guarded by ``try`` is left out: the source expects
that the file may be absent.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.sources import Source

_READING = frozenset({"read_text", "read_bytes", "open"})
_ASKING = frozenset(
    {
        "exists",
        "is_dir",
        "is_file",
        "isdir",
        "isfile",
        "makedirs",
        "mkdir",
        "write_bytes",
        "write_text",
    }
)
_BELOW = "**/*"
_METHODS = {"glob": "", "rglob": "**/", "iterdir": _BELOW, "walk": _BELOW}
"""Methods of a path that list it, and what they list: that, and what they are given."""
_FUNCTIONS = {"listdir", "scandir", "walk"}
_RAISING = {"iterdir", "listdir", "scandir"}
_GLOBS = {"glob", "iglob"}
_SPECIAL = frozenset("*?[")
_SAME = frozenset({"resolve", "absolute", "expanduser", "abspath", "realpath", "normpath", "str"})
_WRITING = frozenset("wax+")
_PATHS = frozenset({"Path", "PurePath", "PosixPath"})


@dataclass(frozen=True, slots=True)
class Opened:
    """One file that is opened, or one folder that is listed.

    Attributes:
        path: The file or folder, absolute.
        line: Where it is opened.
        at_load: Whether importing the source opens it; else a function does.
        lists: The pattern of the files that are looked for in a folder; empty for a file.
        raises: Whether it is an error that it is not there.
    """

    path: Path
    line: int
    at_load: bool
    lists: str = ""
    raises: bool = True


def opened_by(source: Source, folder: Path) -> tuple[Opened, ...]:
    """Return the files that a source opens to read.

    Args:
        source: The source.
        folder: The working folder, which relative paths begin in.
    """
    if source.tree is None:
        return ()
    reader = _Reader(source.path, folder)
    reader.learn(source.tree)
    reader.read(source.tree.body, at_load=True)
    return tuple(
        opened for opened in dict.fromkeys(reader.opened) if opened.path not in reader.expected
    )


class _Reader:
    def __init__(self, file: Path, folder: Path) -> None:
        self._file = file
        self._folder = folder
        self._names: dict[str, ast.expr] = {}
        self.opened: list[Opened] = []
        self.expected: set[Path] = set()

    def learn(self, tree: ast.Module) -> None:
        """Take in what the module sets once, and which paths it asks for or writes."""
        values: dict[str, list[ast.expr | None]] = {}
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    values.setdefault(name, []).append(value)
                case ast.AnnAssign(target=ast.Name(id=name), value=value) if value:
                    values.setdefault(name, []).append(value)
                case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                    values.setdefault(name, []).append(None)
        # An assignment is met twice: as the statement and as the name that is stored.
        for name, met in values.items():
            given = [value for value in met if value is not None]
            if len(given) == 1 and len(met) == 2:  # noqa: PLR2004 - see above
                self._names[name] = given[0]
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                self._expect(node)

    def read(self, body: list[ast.stmt], *, at_load: bool) -> None:
        """Take in what statements open."""
        for statement in body:
            if isinstance(statement, (ast.Try, ast.TryStar)):
                self.read([*statement.orelse, *statement.finalbody], at_load=at_load)
                continue
            for call in _calls(statement):
                path = self._opened(call)
                if path is not None:
                    self.opened.append(Opened(path, call.lineno, at_load))
                folder, pattern = self._listed(call)
                if folder is not None:
                    raises = _name(call.func) in _RAISING
                    self.opened.append(Opened(folder, call.lineno, at_load, pattern, raises))
            inside = isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef))
            for inner in _bodies(statement):
                self.read(inner, at_load=at_load and not inside)

    def _expect(self, call: ast.Call) -> None:
        name = _name(call.func)
        receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
        path: Path | None = None
        if name in _ASKING:
            path = self._path(receiver) if receiver is not None else None
            path = path or (self._path(call.args[0]) if call.args else None)
        elif name == "open" and _WRITING & set(_mode(call)):
            path = self._target(call)
        if path is not None:
            self.expected.add(path)

    def _opened(self, call: ast.Call) -> Path | None:
        name = _name(call.func)
        if name == "get_data" and len(call.args) == 2:  # noqa: PLR2004 - package and resource
            return self._resource(call.args[0], call.args[1])
        if name in _READING and not (name == "open" and _WRITING & set(_mode(call))):
            return self._target(call)
        return None

    def _listed(self, call: ast.Call) -> tuple[Path | None, str]:
        """Return the folder that a call lists, and the pattern of what it looks for there."""
        name = _name(call.func)
        receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
        given = self._value(call.args[0], 0) if call.args else None
        of_module = isinstance(receiver, ast.Name) and receiver.id in {"os", "glob"}
        if receiver is not None and not of_module and name in _METHODS:
            pattern = _METHODS[name]
            if name in _GLOBS | {"rglob"}:
                pattern = f"{pattern}{given}" if isinstance(given, str) and given else ""
            return (self._path(receiver), pattern) if pattern else (None, "")
        if receiver is not None and not of_module:
            return None, ""
        if name in _FUNCTIONS and call.args:
            return self._path(call.args[0]), _BELOW
        if name in _GLOBS and given is not None:
            parts = PurePosixPath(given).parts
            plain = next((n for n, part in enumerate(parts) if _SPECIAL & set(part)), len(parts))
            folder = PurePosixPath(*parts[:plain])
            if 0 < plain < len(parts):
                begin = str(folder) if isinstance(given, str) else Path(folder)
                return self._below(begin), "/".join(parts[plain:])
        return None, ""

    def _target(self, call: ast.Call) -> Path | None:
        """Return what ``open(path)`` or ``path.read_text()`` is about."""
        if isinstance(call.func, ast.Name):
            return self._path(call.args[0]) if call.args else None
        assert isinstance(call.func, ast.Attribute)  # noqa: S101 - a call by name is a Name or this
        return self._path(call.func.value)

    def _path(self, node: ast.expr) -> Path | None:
        """Return a file below the working folder or beside the source, None for any other."""
        return self._below(self._value(node, depth=0))

    def _below(self, found: Path | str | None) -> Path | None:
        """Return a path in full, None for one that begins elsewhere."""
        if found is None:
            return None
        if isinstance(found, str):
            found = self._folder / found if found and not found.startswith(("/", "~")) else None
        return found if found is not None and found.is_absolute() else None

    def _value(self, node: ast.expr | None, depth: int) -> Path | str | None:  # noqa: PLR0911 - a way of writing each
        """Return what an expression is: text, or a path that begins at the source's place."""
        if depth > 16:  # noqa: PLR2004 - names that are set to each other
            return None
        deeper = depth + 1
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name(id="__file__"):
                return self._file
            case ast.Name(id=name):
                return self._value(self._names.get(name), deeper)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return _joined(self._value(left, deeper), self._value(right, deeper))
            case ast.Attribute(value=value, attr="parent"):
                return _up(self._value(value, deeper), 1)
            case ast.Subscript(
                value=ast.Attribute(value=value, attr="parents"),
                slice=ast.Constant(value=int(steps)),
            ):
                return _up(self._value(value, deeper), steps + 1)
            case ast.Call():
                return self._made(node, deeper)
        return None

    def _made(self, call: ast.Call, depth: int) -> Path | str | None:
        name = _name(call.func)
        arguments = [self._value(argument, depth) for argument in call.args]
        receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
        if name == "files" and call.args:
            return self._package(call.args[0])
        if name in _SAME:
            return arguments[0] if arguments else self._value(receiver, depth)
        if name == "dirname" and len(arguments) == 1:
            return _up(arguments[0], 1)
        if name == "with_name" and len(arguments) == 1:
            return _joined(_up(self._value(receiver, depth), 1), arguments[0])
        if name in _PATHS or name == "join":
            parts = arguments
        elif name == "joinpath":
            parts = [self._value(receiver, depth), *arguments]
        else:
            return None
        found = parts[0] if parts else None
        for part in parts[1:]:
            found = _joined(found, part)
        return found

    def _package(self, node: ast.expr) -> Path | None:
        """Return the folder of a package that is named, where it is the source's own."""
        match node:
            case ast.Name(id="__name__" | "__package__"):
                return self._file.parent
            case ast.Constant(value=str(name)):
                folder = self._folder.joinpath(*name.split("."))
                return folder if folder.is_dir() else None
        return None

    def _resource(self, package: ast.expr, resource: ast.expr) -> Path | None:
        found = _joined(self._package(package), self._value(resource, 0))
        return found if isinstance(found, Path) else None


def _joined(left: Path | str | None, right: Path | str | None) -> Path | str | None:
    if left is None or not isinstance(right, str) or right.startswith("/"):
        return None
    return left / right if isinstance(left, Path) else str(PurePosixPath(left) / right)


def _up(path: Path | str | None, steps: int) -> Path | None:
    if not isinstance(path, Path) or not 0 < steps <= len(path.parents):
        return None
    return path.parents[steps - 1]


def _name(function: ast.expr) -> str:
    """Return the last part of what is called."""
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _mode(call: ast.Call) -> str:
    """Return the mode that a file is opened in."""
    position = 1 if isinstance(call.func, ast.Name) else 0
    named = [keyword.value for keyword in call.keywords if keyword.arg == "mode"]
    for node in (*call.args[position : position + 1], *named):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        return "+"  # not known: it may be written to
    return "r"


def _calls(statement: ast.stmt) -> Iterator[ast.Call]:
    """Yield the calls of a statement itself, not those of the statements in it."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            yield node
        waiting += [
            child
            for child in ast.iter_child_nodes(node)
            if not isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case, ast.Lambda))
        ]


def _bodies(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        body = getattr(statement, name, None)
        if isinstance(body, list):
            yield body
    for case in getattr(statement, "cases", ()):
        yield case.body
