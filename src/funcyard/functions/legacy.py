"""Load an app of the programming model v1: function.json folders, each a function of its own.

The host reads the folders (:mod:`.folders`); the worker imports each one's script as a module of
the namespace package ``__app__`` and binds its entry point. A function that fails is left out, the
others are served. Follows ``loader.py`` and ``functions.py`` of azure-functions-runtime-v1 1.2.0.
"""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from typing import TYPE_CHECKING, Any

from .binder import bind_declared
from .bound import DeclaredBinding
from .failure import definition_of, failure_of, place_of
from .folders import CONFIG, DATA_TYPES, DIRECTIONS, FolderError, folder_names, read_folder
from .loader import LoadedApp, extended, load_app, put_on_path
from .model import V1, BrokenFunction, Function

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from .bound import BoundFunction
    from .failure import Place
    from .folders import Folder
    from .model import Binding

_NAMESPACE = "__app__"
_ENTRY_POINT = "main"


def load_any(app_dir: Path, settings: Mapping[str, str]) -> LoadedApp:
    """Load an app of either programming model; see :func:`.loader.load_app`.

    Where a script decides that an app is of the model v2, its function.json folders are named as
    unread.
    """
    folder = app_dir.absolute()
    loaded = load_app(folder, settings)
    if loaded.index.legacy:
        return _load_folders(loaded, folder)
    return replace(loaded, index=replace(loaded.index, unread=tuple(folder_names(folder))))


def _load_folders(loaded: LoadedApp, folder: Path) -> LoadedApp:
    put_on_path(folder)
    _make_namespace(folder)
    functions: list[Function] = []
    bound: dict[str, BoundFunction] = {}
    broken: list[BrokenFunction] = []
    for name in folder_names(folder):
        place: Place | None = None
        try:
            declared = read_folder(folder / name)
            call = _entry_point(declared)
            place = definition_of(call, folder)
            target = _bind(declared, call)
        except FolderError as fault:
            broken.append(BrokenFunction(name, fault.failure(name)))
        except (Exception, SystemExit) as fault:  # noqa: BLE001 - the app's code may raise anything
            at = place or place_of(fault, folder) or (f"{name}/{CONFIG}", 0)
            told = extended(fault) if isinstance(fault, ImportError) else fault
            broken.append(BrokenFunction(name, failure_of(told, folder, at)))
        else:
            bound[name] = target
            functions.append(_described(declared, target, folder, place or ("", 0)))
    index = replace(loaded.index, functions=tuple(functions), broken=tuple(broken))
    return replace(loaded, index=index, bound=bound)


def _described(declared: Folder, target: BoundFunction, folder: Path, place: Place) -> Function:
    return Function(
        name=declared.name,
        script_file=declared.script.relative_to(folder).as_posix(),
        bindings=declared.bindings,
        retry=declared.retry,
        file=place[0],
        line=place[1],
        is_async=target.is_async,
        model=V1,
    )


def _bind(declared: Folder, call: Callable[..., Any]) -> BoundFunction:
    trigger = next(binding for binding in declared.bindings if binding.is_trigger)
    return bind_declared(
        call,
        declared.name,
        [_declared(binding) for binding in declared.bindings],
        directory=str(declared.directory),
        trigger_name=trigger.name,
    )


def _entry_point(declared: Folder) -> Callable[..., Any]:
    root = declared.directory.parent
    if not declared.script.is_relative_to(root):
        raise RuntimeError(
            "script path %s is not relative to the specified directory %s",
            str(declared.script),
            str(declared.directory),
        )
    script = declared.script.relative_to(root)
    if script.suffix != ".py":
        raise RuntimeError(
            "cannot load function %s: invalid Python filename %s",
            declared.name,
            str(declared.script),
        )
    parts = [_NAMESPACE, *script.parts[:-1]]
    if script.stem.lower() != "__init__":
        parts.append(script.stem)
    module = importlib.import_module(".".join(parts))
    name = declared.entry_point or _ENTRY_POINT
    call = getattr(module, name, None)
    if not callable(call):
        raise RuntimeError(  # noqa: TRY004 - the official class
            "cannot load function %s: function %s() is not present in %s",
            declared.name,
            name,
            script,
        )
    found: Callable[..., Any] = call
    return found


def _make_namespace(folder: Path) -> None:
    spec = ModuleSpec(_NAMESPACE, None)
    spec.submodule_search_locations = [str(folder)]
    sys.modules[_NAMESPACE] = module_from_spec(spec)


def _declared(binding: Binding) -> DeclaredBinding:
    data_type = binding.get("dataType")
    return DeclaredBinding(
        binding.name,
        binding.type,
        DIRECTIONS.index(binding.direction),
        DATA_TYPES.index(str(data_type).lower()) if isinstance(data_type, str) else data_type or 0,
    )
