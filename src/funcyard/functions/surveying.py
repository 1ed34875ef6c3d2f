"""The far side of :func:`.index.survey_app`: what a preflight wants to know of an app.

Runs on the app's interpreter through ``bootstrap.py``, in the app's folder. The report has a line
for each step, so that an app which crashes while it is imported takes nothing else along: the
interpreter and what is installed, the sources that do not compile, ``loading``, and the index with
every fault, with what was decorated and never reached the app, and with what was swallowed.
"""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import json
import os
import sys
import time
import warnings
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .failure import definition_of, is_users, relative
from .indexing import LOADING
from .installed import interpreter
from .legacy import load_any
from .model import LoadFailure
from .skipped import SKIPPED
from .survey import Stray
from .swallowed import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .loader import LoadedApp

_COLLECTED_AFTER = 50_000
"""Objects that are made, and not freed, between two collections of garbage: imports make many that
stay, and this process ends after them."""

Module = tuple[str, dict[str, Any]]
"""A module of the user's: its file, relative to the app where it lies inside it, and its names."""


def main(descriptor: int, milliseconds: int) -> None:
    """Survey the app in the current folder with the environment as its settings, then end.

    Args:
        descriptor: Where the report is written.
        milliseconds: After this time the process writes its stack to standard error and ends.
    """
    gc.set_threshold(_COLLECTED_AFTER)
    asyncio.run(_survey(descriptor, milliseconds))


async def _survey(descriptor: int, milliseconds: int) -> None:
    """Do it on a running event loop, where the worker does it; see :func:`.loader.load_app`."""
    os.set_inheritable(descriptor, False)  # noqa: FBT003 - positional only
    faulthandler.enable()
    faulthandler.dump_traceback_later(milliseconds / 1000, exit=True)
    folder = Path.cwd()
    with os.fdopen(descriptor, "wb") as report:

        def write(document: Any) -> None:  # noqa: ANN401 - JSON
            report.write(json.dumps(document).encode() + b"\n")
            report.flush()

        write(interpreter().as_dict())
        write([fault.as_dict() for fault in _uncompilable(folder)])
        report.write(LOADING)
        report.flush()
        begun = time.monotonic()
        with Watch(folder) as watch:
            loaded = load_any(folder, os.environ)
        seconds = time.monotonic() - begun
        modules = list(_users_modules(folder))
        write(
            {
                "index": loaded.index.as_dict(),
                "faults": [fault.as_dict() for fault in loaded.faults],
                "strays": [stray.as_dict() for stray in _strays(loaded, modules, folder)],
                "modules": sorted({file for file, _ in modules}),
                "swallowed": [swallowed.as_dict() for swallowed in watch.swallowed],
                "seconds": seconds,
            }
        )
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that the app started at import time must not hold the end up.
    os._exit(0)


def _uncompilable(folder: Path) -> Iterator[LoadFailure]:
    """Yield the sources of the app that this Python cannot compile."""
    for path in _sources(folder):
        try:
            with warnings.catch_warnings(action="ignore"):
                compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
        except SyntaxError as fault:
            yield LoadFailure(
                "SyntaxError", fault.msg, relative(str(path), folder), fault.lineno or 0
            )
        except (ValueError, RecursionError, MemoryError) as fault:  # a null byte, nested too deeply
            yield LoadFailure("SyntaxError", str(fault), relative(str(path), folder))
        except OSError:
            continue  # a dangling link: nothing that could be shipped


def _sources(folder: Path) -> Iterator[Path]:
    for directory, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        paths = (Path(directory, name) for name in sorted(files) if name.endswith(".py"))
        yield from (path for path in paths if path.is_file())  # reading a pipe would never end


def _users_modules(folder: Path) -> Iterator[Module]:
    """Yield file and names of the user's modules; a stand-in for a module is asked nothing."""
    for module in list(sys.modules.values()):
        if issubclass(type(module), ModuleType):
            file = vars(module).get("__file__")
            if isinstance(file, str) and is_users(file, folder):
                yield relative(file, folder), vars(module)


def _strays(loaded: LoadedApp, modules: list[Module], folder: Path) -> Iterator[Stray]:
    """Yield every blueprint or app of the user's that holds functions which are not the app's."""
    library = sys.modules.get("azure.functions")
    # What decorates functions; the blueprints of Durable Functions are no subclass of Blueprint.
    decorating = getattr(library, "DecoratorApi", None)
    if library is None or decorating is None:  # never imported, or hidden by one of the user's
        return
    reached = {id(builder) for builder in getattr(loaded.app, "_function_builders", ())}
    seen: set[int] = {id(loaded.app)}
    for file, names in modules:
        for name, value in list(names.items()):
            if not issubclass(type(value), decorating) or id(value) in seen:
                continue
            seen.add(id(value))
            builders = getattr(value, "_function_builders", ())
            lost = [builder for builder in builders if id(builder) not in reached]
            if lost:
                yield Stray(
                    kind="app" if isinstance(value, library.FunctionRegister) else "blueprint",
                    name=name,
                    file=file,
                    functions=tuple(_named(builder, folder) for builder in lost),
                )


def _named(builder: Any, folder: Path) -> tuple[str, str, int]:  # noqa: ANN401 - azure.functions' FunctionBuilder
    function = builder._function  # noqa: SLF001 - the library has no other way to an unbuilt function
    file, line = definition_of(function.get_user_function(), folder) or ("", 0)
    return str(function.get_function_name()), file, line
