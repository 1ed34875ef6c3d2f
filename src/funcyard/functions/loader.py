"""Load a function app as the official worker does: index it, bind every function.

``PYTHON_SCRIPT_FILE_NAME`` names the script; it is imported by its stem with the app's folder first
on the path; exactly one top-level object must be a function app; each function it registered is
bound. Any failure fails the whole app. The outcomes are those of azure-functions-runtime 1.3.0
(``handle_event.load_function_metadata``, ``loader.index_function_app``): same functions, same class
and words of the failure. Runs on the app's own interpreter; standard library only.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import re
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import extensions
from .binder import FunctionLoadError, bind
from .bound import BoundFunction, ParameterType
from .failure import definition_of, failure_of, place_of
from .folders import folder_names
from .model import Binding, Function, Index, LoadFailure
from .retry import retry_policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .failure import Place

__all__ = [
    "BoundFunction",
    "FunctionLoadError",
    "InvalidFileNameError",
    "LoadedApp",
    "ParameterType",
    "extended",
    "load_app",
    "put_on_path",
]

_SCRIPT_SETTING = "PYTHON_SCRIPT_FILE_NAME"
_SCRIPT_DEFAULT = "function_app.py"
_SCRIPT_NAME = re.compile(r"^[a-zA-Z0-9_][a-zA-Z0-9_\-]*\.py$")
_WORKER_THAT_KNOWS_ITS_MODEL = (3, 13)
"""From this Python on the script alone decides the model; an older worker that indexed no function
has the host read function.json folders, script or not (``use_default_metadata_indexing``)."""
_ADVICE = "Auth level is not applied to non http function app"
_PACKAGES = Path(".python_packages", "lib", "site-packages")
_MISSING_MODULE = (
    "Cannot find module. Please check the requirements.txt file for the missing module. For more "
    "info, please refer the troubleshooting guide: https://aka.ms/functions-modulenotfound. "
    "Current sys.path: "
)


class InvalidFileNameError(Exception):
    """``PYTHON_SCRIPT_FILE_NAME`` is no valid script name; class and text are the official ones."""

    def __init__(self, file_name: str) -> None:
        super().__init__("Invalid file name: %s", file_name)


@dataclass(frozen=True, slots=True)
class LoadedApp:
    """An app as loaded.

    Attributes:
        index: What the app holds, or why it could not be loaded.
        bound: The functions by name, ready to be invoked; empty after a failure.
        faults: Every failure; the worker tells the first alone, which is the index's.
        app: The app object, None where there is none.
    """

    index: Index
    bound: Mapping[str, BoundFunction] = field(default_factory=dict)
    faults: tuple[LoadFailure, ...] = ()
    app: Any = None


def load_app(app_dir: Path, settings: Mapping[str, str]) -> LoadedApp:
    """Index and bind the app in ``app_dir``; a failure is part of the result, not raised.

    Call it once in a process: it puts the app on ``sys.path`` and imports it. An event loop must
    run in this thread, as it does in the worker: module-level ``asyncio.run()`` fails there.

    Args:
        app_dir: The folder that holds host.json and the script.
        settings: The app's settings; only the script's name is read from them.
    """
    folder = app_dir.absolute()
    script = settings.get(_SCRIPT_SETTING, _SCRIPT_DEFAULT)
    if not _SCRIPT_NAME.match(script):
        return _failed(InvalidFileNameError(script), folder)
    if not (folder / script).exists():
        return LoadedApp(Index(missing_script=script, legacy=bool(folder_names(folder))))
    put_on_path(folder)
    app: Any = None
    try:
        app = _find_app(script)
        with _without_advice():
            registered = app.get_functions()
    except ImportError as fault:
        return _failed(extended(fault), folder, place_of(fault, folder) or (script, 0))
    except (Exception, SystemExit) as fault:  # noqa: BLE001 - the app's code may raise anything
        place = place_of(fault, folder) or _builder_at_fault(app, folder)
        failed = _failed(fault, folder, place or (script, 0), app)
        return replace(failed, faults=(*failed.faults, *_further_faults(failed, folder)))
    if not registered and sys.version_info < _WORKER_THAT_KNOWS_ITS_MODEL:
        return LoadedApp(Index(legacy=bool(folder_names(folder))), app=app)
    return _bind_all(app, registered, folder)


@contextlib.contextmanager
def _without_advice() -> Iterator[None]:
    """Keep azure-functions from warning of an app without HTTP that no key guards it.

    ``FunctionRegister.get_functions`` says so at every start of every such app, whatever its author
    writes; there is nothing to mend.
    """

    def is_wanted(record: logging.LogRecord) -> bool:
        return not str(record.msg).startswith(_ADVICE)

    root = logging.getLogger()
    root.addFilter(is_wanted)
    try:
        yield
    finally:
        root.removeFilter(is_wanted)


def _bind_all(app: Any, registered: list[Any], folder: Path) -> LoadedApp:  # noqa: ANN401 - the app's FunctionRegister
    functions: list[Function] = []
    bound: dict[str, BoundFunction] = {}
    faults: list[LoadFailure] = []
    for item in registered:
        place = definition_of(item.get_user_function(), folder)
        try:
            target = bind(item)
            functions.append(_describe(item, target, place or ("", 0)))
        except Exception as fault:  # noqa: BLE001 - evaluating the user's annotations may raise anything
            faults.append(failure_of(fault, folder, place))
        else:
            bound[target.name] = target
    if faults:
        return LoadedApp(Index(failure=faults[0]), faults=tuple(faults), app=app)
    return LoadedApp(Index(functions=tuple(functions)), bound, app=app)


def _failed(
    fault: BaseException,
    folder: Path,
    place: Place | None = None,
    app: Any = None,  # noqa: ANN401 - the app's FunctionRegister
) -> LoadedApp:
    failure = failure_of(fault, folder, place)
    return LoadedApp(Index(failure=failure), faults=(failure,), app=app)


def put_on_path(folder: Path) -> None:
    """Put an app's folder, and the packages installed into it, first on the search path."""
    ours = [str(folder)]
    if (folder / _PACKAGES).is_dir():
        ours.append(str(folder / _PACKAGES))
    sys.path[:] = ours + [entry for entry in sys.path if entry not in ours]


def _find_app(script: str) -> Any:  # noqa: ANN401 - the app's FunctionRegister
    """Import the script and return its one top-level function app."""
    library = importlib.import_module("azure.functions")
    module = importlib.import_module(Path(script).stem)
    app: Any = None
    for name in module.__dir__():
        value = getattr(module, name, None)
        if isinstance(value, library.FunctionRegister):
            if app:
                raise ValueError(
                    f"More than one {type(app).__name__} or other top level function app instances "
                    "are defined."
                )
            app = value
    if not app:
        raise ValueError(f"Could not find top level function app instances in {script}.")
    return app


def extended(fault: ImportError) -> BaseException:
    """Return the import error with the official advice after its own text, chained as it was."""
    text = (fault.msg or str(fault) or "").rstrip(".")
    try:
        extended = type(fault)((text + ". " + _MISSING_MODULE + " ".join(sys.path)).rstrip())
    except Exception as unfit:  # noqa: BLE001 - the constructor of the app's own class; officially this is what surfaces
        return unfit
    extended.__cause__, extended.__context__ = fault.__cause__, fault.__context__
    extended.__suppress_context__ = fault.__suppress_context__
    return extended.with_traceback(fault.__traceback__)


def _further_faults(failed: LoadedApp, folder: Path) -> Iterator[LoadFailure]:
    """Yield what is wrong with functions behind the one at which ``get_functions`` stopped."""
    app, first = failed.app, failed.faults[0]
    if hasattr(app, "functions_bindings"):
        app.functions_bindings = None  # the names it has seen until it stopped
    for builder in getattr(app, "_function_builders", ()):
        place = definition_of(builder._function.get_user_function(), folder)  # noqa: SLF001 - as below
        try:
            item = builder.build(app.auth_level)
            app.validate_function_names([item])
            _describe(item, bind(item), place or ("", 0))
        except Exception as fault:  # noqa: BLE001 - evaluating the user's annotations may raise anything
            further = failure_of(fault, folder, place)
            if replace(further, traceback=first.traceback) != first:
                yield further


def _builder_at_fault(app: Any, folder: Path) -> Place | None:  # noqa: ANN401 - the app's FunctionRegister
    """Return the function that ``get_functions`` refuses: without a trigger, or of a taken name."""
    taken: set[str] = set()
    for builder in getattr(app, "_function_builders", ()):
        function = builder._function  # noqa: SLF001 - the library has no other way to an unbuilt function
        name = function.get_function_name()
        if function.get_trigger() is None or name in taken:
            return definition_of(function.get_user_function(), folder)
        taken.add(name)
    return None


def _describe(item: Any, target: BoundFunction, place: Place) -> Function:  # noqa: ANN401 - azure.functions' Function
    retry = retry_policy(item)
    return Function(
        name=target.name,
        script_file=item.function_script_file,
        bindings=tuple(_binding(json.loads(raw)) for raw in _raw_bindings(item, target)),
        retry=retry,
        file=place[0],
        line=place[1],
        is_async=target.is_async,
        needs=target.needs,
    )


def _raw_bindings(item: Any, target: BoundFunction) -> list[str]:  # noqa: ANN401 - azure.functions' Function
    if "sdk-types" in target.needs:
        raw: list[str] = extensions.sdk_types().get_raw_bindings(item, target.input_types)[0]
        return raw
    return list(item.get_raw_bindings())


def _binding(raw: dict[str, Any]) -> Binding:
    return Binding(
        name=raw["name"],
        type=raw["type"],
        direction=str(raw["direction"]).lower(),
        properties=raw,
    )
