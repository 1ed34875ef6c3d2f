"""An app of a project as the package that Azure gets: one way for pip, Poetry and uv.

Azure installs from requirements.txt, so the app's lock becomes one. It knows nothing of the
project's own packages; their modules are put beside the app's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.deploy.package import Package, PackageError, gathered, package_of
from funcyard.funcignore import Funcignore
from funcyard.plain_files import read_text
from funcyard.project.dependencies import local_package_folders, locked_requirements

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from funcyard.project.spec import Spec

_FUNCIGNORE: Final = ".funcignore"
_LOCAL: Final = re.compile(r"(?:-e\b|--editable\b|\.{1,2}/|/|file:|[^ ]+ @ file:)")
_NO_MODULES: Final = frozenset({"tests", "test", "docs", "examples", "build", "dist"})


def app_package(root: Path, spec: Spec, app: str) -> Package:
    """Return the package of an app.

    Args:
        root: The project's folder.
        spec: Its spec, complete.
        app: The app's name.

    Raises:
        PackageError: A file cannot be shipped or is missing, or a dependency lies on this machine.
        DependencyError: The app's lock, or a local package, cannot be used.
    """
    folder = root / "functions" / app
    more: dict[str, bytes] = {}
    for local in local_package_folders(spec, root):
        for path, content in modules_of(local).items():
            if path in more:
                raise PackageError(f"two packages of this project hold {path}")
            more[path] = content
    return package_of(
        folder,
        requirements=_requirements(folder, spec.dependency_manager),
        more=more,
        is_ignored=_ignoring(folder),
    )


def modules_of(package: Path) -> dict[str, bytes]:
    """Return what can be imported of a package's folder, by its path below ``sys.path``.

    That is what lies in ``src``; without such a folder, those beside pyproject.toml that hold an
    ``__init__.py``.

    Raises:
        PackageError: There is nothing, or a file cannot be read.
    """
    inside = package / "src"
    if inside.is_dir():
        found = gathered(inside, is_ignored=lambda path: ".egg-info/" in path)
    else:
        folders = sorted(
            folder
            for folder in package.iterdir()
            if folder.name not in _NO_MODULES and (folder / "__init__.py").is_file()
        )
        found = {
            f"{folder.name}/{path}": content
            for folder in folders
            for path, content in gathered(folder, is_ignored=lambda _path: False).items()
        }
    if not any(path.endswith(".py") for path in found):
        raise PackageError(
            f"{package} holds no module that could be shipped",
            hint="modules lie in src/, or in a folder with an __init__.py",
        )
    return found


def _ignoring(folder: Path) -> Callable[[str], bool]:
    try:
        ignored = Funcignore(read_text(folder / _FUNCIGNORE))
    except FileNotFoundError:
        return lambda _path: False
    except (OSError, ValueError) as fault:
        raise PackageError(f"{folder / _FUNCIGNORE} cannot be read: {fault}") from fault
    return lambda path: path == _FUNCIGNORE or bool(ignored.decides(path))


def _requirements(folder: Path, manager: str) -> str:
    text = locked_requirements(folder, manager)
    for line in text.splitlines():
        if _LOCAL.match(line):
            raise PackageError(
                f"{folder.name} needs {line}, which lies on this machine",
                hint="name it in local_packages of funcyard.yaml, or take a release of it",
            )
    return text
