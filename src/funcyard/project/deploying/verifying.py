"""The functions of a package, found as the worker finds them, before anything is uploaded.

The package is laid out as it is shipped and loaded on the app's own environment: a module that
``.funcignore`` leaves out, or that no lock names, is missing here and not in Azure.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from funcyard.errors import UserError
from funcyard.functions.index import index_app
from funcyard.host.environments import Wanted, ensure_environment, is_current, python_of
from funcyard.host.interpreters import find_interpreter
from funcyard.project.dependencies import local_package_folders, locked_requirements

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from funcyard.deploy.package import Package
    from funcyard.functions.model import LoadFailure
    from funcyard.project.spec import Spec

_SECONDS: Final = 60.0
_KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")


class NoFunctionsError(UserError):
    """An app would have no functions in Azure."""

    code = "no-functions"


async def functions_in(
    package: Package, app: str, interpreter: Path, settings: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the names of a package's functions.

    Args:
        package: What is shipped.
        app: The app's name.
        interpreter: A Python with what the app depends on.
        settings: The environment that it is loaded in.

    Raises:
        NoFunctionsError: It cannot be loaded, or has none.
        IndexingError: The Python does not start.
    """
    with tempfile.TemporaryDirectory() as folder:
        package.write(Path(folder))
        index = await index_app(
            Path(folder), interpreter=interpreter, settings=settings, timeout=_SECONDS
        )
    if index.failure is not None:
        raise NoFunctionsError(
            f"{app} cannot be loaded as it would be shipped: {_told(index.failure)}",
            hint="funcyard check says more",
        )
    if not index.functions:
        raise NoFunctionsError(f"{app} has no functions", hint="funcyard check says why")
    return tuple(sorted(function.name for function in index.functions))


async def app_python(
    root: Path, spec: Spec, app: str, process: Mapping[str, str], say: Callable[[str], None]
) -> Path:
    """Return the Python of an app's environment, the same that ``up`` runs it on, made if needed.

    Args:
        root: The project's folder.
        spec: Its spec, complete.
        app: The app's name.
        process: The process's environment.
        say: Told, in a line each, what is being done.

    Raises:
        InterpreterError: There is no Python of the project's version.
        InstallError: What the app depends on cannot be installed.
        DependencyError: Its lock cannot be read.
    """
    folder = root / "functions" / app
    requirements = locked_requirements(folder, spec.dependency_manager)
    packages = local_package_folders(spec, root)
    base = await find_interpreter(spec.runtime.version, process)
    environment = folder / ".venv"
    if is_current(environment, Wanted(requirements, packages, debugger=True), base):
        return python_of(environment)
    return await ensure_environment(
        environment, Wanted(requirements, packages), base, process=process, say=say
    )


def loading_environment(process: Mapping[str, str], settings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment to load a package in: its settings, and what a process needs."""
    return {name: process[name] for name in _KEPT if name in process} | dict(settings)


def _told(failure: LoadFailure) -> str:
    place = f"{failure.file}:{failure.line}: " if failure.file else ""
    # What follows is the search path, in which the package lies in a folder of this moment.
    said = failure.message.partition(" Current sys.path:")[0]
    return f"{place}{failure.kind}: {said}"
