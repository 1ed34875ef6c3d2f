"""What runs on the app's interpreter needs nothing but the standard library and azure-functions."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import funcyard

PACKAGE = Path(funcyard.__file__).parent
HOST_SIDE = {
    PACKAGE / "functions" / name
    for name in (
        "declared.py",
        "dump.py",
        "ending.py",
        "found.py",
        "index.py",
        "runtimes.py",
        "written.py",
    )
}
"""What runs in Funcyard's own process."""

WORKER_SIDE = sorted(
    {
        PACKAGE / "__init__.py",
        PACKAGE / "host" / "__init__.py",
        *(PACKAGE / "functions").rglob("*.py"),
        *(PACKAGE / "host" / "worker").rglob("*.py"),
    }
    - HOST_SIDE
)
OPTIONAL = {PACKAGE / "host" / "worker" / "debugger.py": {"debugpy"}}
"""What the app itself must have installed before it is asked for."""


def foreign_imports(source: str, path: Path) -> list[str]:
    """Return the imports that the app's interpreter may not have."""
    allowed = {"azure", "azurefunctions", *sys.stdlib_module_names, *OPTIONAL.get(path, ())}
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.partition(".")[0] not in allowed]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                target = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
                found += (
                    [] if _reachable(target, node) else ["." * node.level + (node.module or "")]
                )
            elif (node.module or "").partition(".")[0] not in allowed:
                found.append(node.module or "")
    return found


def _reachable(target: Path, node: ast.ImportFrom) -> bool:
    """Whether a relative import ends at files that are loaded on the worker's side."""
    if target.with_suffix(".py") in WORKER_SIDE:
        return True
    return all((target / f"{alias.name}.py") in WORKER_SIDE for alias in node.names)


@pytest.mark.parametrize("path", WORKER_SIDE, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_worker_side_imports_only_what_every_app_has(path: Path) -> None:
    assert foreign_imports(path.read_text(encoding="utf-8"), path) == []


@pytest.mark.parametrize(
    "line",
    [
        "import click",
        "import funcyard.errors",
        "from funcyard.errors import UserError",
        "from ..errors import UserError",
        "from .index import index_app",
        "from . import index",
        "import pydantic as json",
    ],
)
def test_an_import_of_more_than_that_is_noticed(line: str) -> None:
    assert foreign_imports(line, PACKAGE / "functions" / "loader.py") != []


@pytest.mark.parametrize(
    "line",
    [
        "import json, os.path",
        "import azure.functions",
        "from azurefunctions.extensions import base",
        "from .model import Index",
        "from . import extensions, generics",
        "from __future__ import annotations",
    ],
)
def test_what_every_app_has_may_be_imported(line: str) -> None:
    assert foreign_imports(line, PACKAGE / "functions" / "loader.py") == []
