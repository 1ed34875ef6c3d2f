"""Imports point down: held against the code by walking it."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import funcyard

_PACKAGE = Path(funcyard.__file__).parent
_FLOORS = {
    "cli": 4,
    "project": 3,
    "preflight": 3,
    "workspace": 3,
    "workflows": 3,
    "twin": 3,
    "containerapps": 3,
    "orchestrator": 3,
    "host": 2,
    "functions": 2,
    "deploy": 2,
    "capacity": 2,
    "deployed": 2,
    "emulator": 2,
    "access": 1,
    "azure": 1,
    "output": 1,
    "sessions": 1,
    "settings": 1,
    "svg": 0,
    "atomic": 1,
    "azurite": 1,
    "probe": 1,
    "serving": 1,
    "errors": 0,
    "oci": 0,
    "faults": 0,
    "funcignore": 0,
    "loopback": 0,
    "listening": 1,
    "plain_files": 0,
}
_SAME_FLOOR = {("host", "functions"), ("azure", "atomic"), ("access", "azure")}
_OUTSIDE = {"__main__", "__init__"}


def _room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    package = ["funcyard", *path.relative_to(_PACKAGE).parts[:-1]]
    for node in _nodes(path):
        if isinstance(node, ast.Import):
            found |= {_room(alias.name) for alias in node.names if _ours(alias.name)}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            if _ours(module):
                names = [f"{module}.{alias.name}" for alias in node.names]
                found |= {_room(name) for name in (names if module == "funcyard" else [module])}
    return found - {"", "__version__"}


def _ours(module: str) -> bool:
    return module == "funcyard" or module.startswith("funcyard.")


def _sources() -> list[Path]:
    data = {_PACKAGE / "project" / "blueprints", _PACKAGE / "project" / "templates"}
    return [
        path
        for path in sorted(_PACKAGE.rglob("*.py"))
        if path.stem not in _OUTSIDE and not data & set(path.parents)
    ]


@functools.cache
def _nodes(path: Path) -> list[ast.AST]:
    """Return the statements that import, and the calls."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wanted = (ast.Import, ast.ImportFrom, ast.Call)
    return [node for node in ast.walk(tree) if isinstance(node, wanted)]


def test_no_import_points_up_or_sideways() -> None:
    wrong = [
        f"{path.relative_to(_PACKAGE).as_posix()} imports {other}"
        for path in _sources()
        for own in [_room(f"funcyard.{'.'.join(path.relative_to(_PACKAGE).with_suffix('').parts)}")]
        for other in _imports(path)
        if other != own and _FLOORS[other] >= _FLOORS[own] and (own, other) not in _SAME_FLOOR
    ]

    assert wrong == []


def test_every_room_has_a_floor() -> None:
    rooms = {path.stem if path.is_file() else path.name for path in _PACKAGE.iterdir()}
    rooms -= {"__init__", "__main__", "__pycache__", "py"}

    assert rooms == set(_FLOORS)


def test_only_the_command_line_prints() -> None:
    printing = [
        path.relative_to(_PACKAGE).as_posix()
        for path in _sources()
        if "cli" not in path.relative_to(_PACKAGE).parts
        and any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "print"
            for node in _nodes(path)
        )
    ]

    assert printing == []
