"""A person's code in a twin's folder: where it has to be, what it defines, what it may import.

It is parsed, never run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from funcyard.plain_files import is_file, is_folder
from funcyard.twin.config.checks.imports import missing_imports
from funcyard.twin.config.checks.sources import parsed
from funcyard.twin.config.clouds import Providers, provider_of
from funcyard.twin.config.devices import Devices
from funcyard.twin.config.events import Events
from funcyard.twin.config.files import CODE, DEVICES, EVENTS, PROCESSORS
from funcyard.twin.config.findings import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.twin.config.parts import Parts

_FUNCTION = "process"


def check(parts: Parts) -> Iterator[Fault]:
    """Yield a fault for code that is named and not there, and for code that defines nothing."""
    events, devices = parts.get(Events), parts.get(Devices)
    judged: set[str] = set()
    shipped: set[str] = set()
    for number, event in enumerate(events.root if events else ()):
        named = event.action.path_to_code
        if named is not None:
            path = (number, "action", "pathToCode")
            if reason := _refusal(parts.folder, named):
                yield Fault(
                    EVENTS, path, reason, "name a folder of the twin, such as actions/alarm"
                )
            elif named not in judged:
                yield from _code(parts.folder, f"{named.rstrip('/')}/{CODE}")
            judged.add(named)
            if not reason and event.action.auto_deploy:
                shipped.add(f"{named.rstrip('/')}/{CODE}")
    for name in processors(parts.folder):
        yield from _code(parts.folder, f"{PROCESSORS}/{name}/{CODE}")
        if devices and parts.is_whole(DEVICES) and name not in {one.id for one in devices.root}:
            hint = "a processor's folder is called as its device"
            yield Fault(f"{PROCESSORS}/{name}", (), f"there is no device {name}", hint)
        shipped.add(f"{PROCESSORS}/{name}/{CODE}")
    providers = parts.get(Providers)
    if providers and provider_of(providers.layer_2_provider) == "azure":
        for file in sorted(shipped):
            yield from missing_imports(parts.folder, file)


def processors(folder: Path) -> Iterator[str]:
    """Yield the name of each folder in which a processor should be."""
    around = folder / PROCESSORS
    if is_folder(around):
        for path in sorted(around.iterdir()):
            if is_folder(path) and not path.name.startswith((".", "__")):
                yield path.name


def _refusal(folder: Path, named: str) -> str | None:
    """Return why a folder of code cannot be used, None where it can."""
    try:
        path = (folder / named).resolve()
        if not path.is_relative_to(folder.resolve()) or path == folder.resolve():
            return "lies outside of the twin's folder"
    except (OSError, RuntimeError, ValueError):
        return "is no path that can be used"
    return None if is_folder(path) else f"there is no folder {named}"


def _code(folder: Path, file: str) -> Iterator[Fault]:
    """Yield what is wrong with a file that should define the function."""
    if not is_file(folder / file):
        yield Fault(file, (), "is missing", f"it defines {_FUNCTION}(event)")
        return
    tree = parsed(folder, file)
    if isinstance(tree, Fault):
        yield tree
        return
    if not any(_takes_event(node) for node in tree.body):
        message = f"defines no {_FUNCTION}(event)"
        yield Fault(file, (), message, "one function of that name, with one argument")


def _takes_event(node: ast.stmt) -> bool:
    if not isinstance(node, ast.FunctionDef) or node.name != _FUNCTION:
        return False
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    needed = len(positional) - len(arguments.defaults)
    keywords_are_free = all(default is not None for default in arguments.kw_defaults)
    return needed <= 1 <= len(positional) and keywords_are_free
