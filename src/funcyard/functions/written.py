"""The functions that an app's sources declare, read without running a line of them.

This is for commands that must answer at once and change nothing: they cannot import an app, which
may need packages that are not installed and does what it likes. Decorators of the programming model
v2 are read in every file of the app that imports azure.functions. Where a file registers functions
in a way that only running it would tell, :attr:`Written.complete` is False: a function that was not
seen may be there all the same.
"""

from __future__ import annotations

import ast
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.plain_files import read_bytes

from .declared import Declared, Setting, plain_route
from .skipped import SKIPPED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_LIBRARY = b"azure.functions"
_TESTS = "tests"
_MOST_BYTES = 1_000_000
_TRIGGER = "_trigger"
_HTTP = {"route": "http", "timer_trigger": "timer", "schedule": "timer"}
_POSITIONS = {
    "http": ("route", "trigger_arg_name", "binding_arg_name", "methods", "auth_level"),
    "timer": ("arg_name", "schedule", "run_on_startup"),
    "queue": ("arg_name", "queue_name"),
    "blob": ("arg_name", "path"),
}
_APP = "FunctionApp"
_DEFAULT_LEVEL = "function"
_REGISTERS = ("register_functions", "register_blueprint")
_WHOLE_SITES = ("AsgiFunctionApp", "WsgiFunctionApp")


@dataclass(frozen=True, slots=True)
class Written:
    """What the sources of one app declare.

    Attributes:
        functions: In the order of files and lines; only settings that are written out.
        complete: Whether there can be no others.
        fault: The file and line that cannot be read, and why; empty where all can.
    """

    functions: tuple[Declared, ...] = ()
    complete: bool = True
    fault: str = ""


def written(folder: Path, instead: Mapping[str, bytes] | None = None) -> Written:
    """Read the sources of an app.

    Args:
        folder: The app's folder, which need not exist.
        instead: Sources to be read instead of those on the disk, by path relative to ``folder``.
    """
    modules, fault = [], ""
    for name, content in _sources(folder, instead or {}):
        if _LIBRARY not in content:
            continue
        try:
            with warnings.catch_warnings(action="ignore"):
                modules.append(_Module(name, ast.parse(content, name)))
        except SyntaxError as wrong:
            fault = fault or f"{name}:{wrong.lineno or 0}: {wrong.msg}"
        except (ValueError, RecursionError, MemoryError) as wrong:
            fault = fault or f"{name}: {wrong}"
    blueprints = {holder for module in modules for holder in module.blueprints}
    levels = [level for module in modules for level in module.levels]
    level = levels[0] if len(levels) == 1 else None
    functions = [one for module in modules for one in module.functions(level)]
    complete = not fault and all(module.is_plain(blueprints) for module in modules)
    return Written(tuple(functions), complete, fault)


class _Module:
    """One source, with what it registers."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self._name = name
        self._constants = dict(_constants(tree))
        self._nodes = list(ast.walk(tree))
        self._decorators = {
            decorator
            for node in self._nodes
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            for decorator in node.decorator_list
        }

    @property
    def blueprints(self) -> Iterator[str]:
        """Names that hold a blueprint of this module's own."""
        for node in self._nodes:
            if isinstance(node, ast.Assign) and _called(node.value).endswith("Blueprint"):
                yield from (target.id for target in node.targets if isinstance(target, ast.Name))

    @property
    def levels(self) -> Iterator[str | None]:
        """What each app of the module wants of a caller; None where it is not written out."""
        for node in self._nodes:
            if isinstance(node, ast.Call) and _called(node) == _APP:
                given = _arguments(node, ("http_auth_level",))
                if given is None:
                    yield None
                elif "http_auth_level" in given:
                    yield self._level(given["http_auth_level"])
                else:
                    yield _DEFAULT_LEVEL

    def functions(self, level: str | None) -> Iterator[Declared]:
        """Yield what the module declares; ``level`` is what the app wants of a caller."""
        for node in self._nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                calls = [one for one in node.decorator_list if isinstance(one, ast.Call)]
                trigger = next((call for call in calls if _trigger_of(call)), None)
                name = self._function_name(node.name, calls)
                if trigger is not None and name is not None:
                    settings = dict(self._settings(trigger, name, level))
                    line = node.decorator_list[0].lineno
                    yield Declared(name, _trigger_of(trigger), settings, self._name, line)

    def is_plain(self, blueprints: set[str]) -> bool:
        """Whether all that the module registers was read; ``blueprints`` are the app's own."""
        for node in self._nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                calls = [one for one in node.decorator_list if isinstance(one, ast.Call)]
                if any(map(_trigger_of, calls)) and self._function_name("", calls) is None:
                    return False
            elif isinstance(node, ast.Call):
                called = _called(node)
                if called in _WHOLE_SITES or (_trigger_of(node) and node not in self._decorators):
                    return False
                if called in _REGISTERS and not _registers(node, blueprints):
                    return False
        return True

    def _function_name(self, default: str, calls: Iterable[ast.Call]) -> str | None:
        """Return the name in Azure; None where it is not written out."""
        for call in calls:
            if _called(call) == "function_name":
                given = _arguments(call, ("name",)) or {}
                name = self._value(given.get("name"))
                return name if isinstance(name, str) else None
        return default

    def _settings(
        self, call: ast.Call, name: str, level: str | None
    ) -> Iterator[tuple[str, Setting]]:
        kind = _trigger_of(call)
        given = _arguments(call, _POSITIONS.get(kind, ()))
        if given is None:
            return
        if kind == "http":
            yield from self._http(given, name, level)
        elif kind == "timer":
            yield from self._text(given, "schedule", "schedule")
            startup = self._value(given["run_on_startup"]) if "run_on_startup" in given else False
            if isinstance(startup, bool) or startup is None:
                yield "run_on_startup", bool(startup)
        elif kind == "queue":
            yield from self._text(given, "queue_name", "queue")
        elif kind == "blob":
            yield from self._text(given, "path", "path")

    def _http(
        self, given: Mapping[str, ast.expr], name: str, level: str | None
    ) -> Iterator[tuple[str, Setting]]:
        route = self._value(given["route"]) if "route" in given else name
        if isinstance(route, str):
            yield "route", plain_route(route)
        methods = self._methods(given.get("methods"))
        if methods is not None:
            yield "methods", methods
        wanted = self._level(given["auth_level"]) if "auth_level" in given else level
        if wanted is not None:
            yield "auth_level", wanted

    def _text(
        self, given: Mapping[str, ast.expr], argument: str, setting: str
    ) -> Iterator[tuple[str, Setting]]:
        value = self._value(given.get(argument))
        if isinstance(value, str):
            yield setting, value

    def _methods(self, node: ast.expr | None) -> tuple[str, ...] | None:
        if node is None:
            return ()
        if not isinstance(node, ast.List | ast.Tuple | ast.Set):
            return None
        words = [
            one.attr if isinstance(one, ast.Attribute) else self._value(one) for one in node.elts
        ]
        known = tuple(word.upper() for word in words if isinstance(word, str))
        return known if len(known) == len(words) else None

    def _level(self, node: ast.expr) -> str | None:
        value = node.attr if isinstance(node, ast.Attribute) else self._value(node)
        return value.lower() if isinstance(value, str) else None

    def _value(self, node: ast.expr | None) -> object:
        """Return what is written out, here or at a name of the module; else an object of no use."""
        if isinstance(node, ast.Name):
            node = self._constants.get(node.id)
        return node.value if isinstance(node, ast.Constant) else object()


def _sources(folder: Path, instead: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    names = set(instead)
    for directory, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in SKIPPED and name != _TESTS]
        names |= {
            Path(directory, name).relative_to(folder).as_posix()
            for name in files
            if name.endswith(".py")
        }
    for name in sorted(names):
        try:
            content = instead[name] if name in instead else read_bytes(folder / name)
        except OSError:
            continue
        if len(content) <= _MOST_BYTES:
            yield name, content


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from ((one.id, node.value) for one in node.targets if isinstance(one, ast.Name))


def _called(node: ast.expr) -> str:
    """Return the last name of what is called: ``route`` of ``app.route(…)``; else nothing."""
    if not isinstance(node, ast.Call):
        return ""
    match node.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _trigger_of(call: ast.Call) -> str:
    """Return what starts the function that a decorator decorates; nothing where it is none."""
    if not isinstance(call.func, ast.Attribute):
        return ""
    name = call.func.attr
    return _HTTP.get(name, name.removesuffix(_TRIGGER) if name.endswith(_TRIGGER) else "")


def _arguments(call: ast.Call, positions: tuple[str, ...]) -> dict[str, ast.expr] | None:
    """Return a call's arguments by name; None where stars hide some."""
    if any(isinstance(one, ast.Starred) for one in call.args):
        return None
    named = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    if len(named) != len(call.keywords):
        return None
    return {**dict(zip(positions, call.args, strict=False)), **named}


def _registers(call: ast.Call, blueprints: set[str]) -> bool:
    """Tell whether a blueprint is registered that one of the app's own files makes."""
    held = call.args[0] if call.args else None
    match held:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in blueprints
        case _:
            return False
