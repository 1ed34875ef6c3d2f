"""The platform asks its tables by keys: no question reads what it does not return."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from tests.conftest import ROOT

ROOMS = ("access", "workspace", "workflows")
_KEYS = {"PartitionKey", "RowKey"}
_BESIDE = {
    # Of one small partition, by every engine's clock, and by no request.
    ("schedules.py", "tick"): {"Due"},
}
_COMPARED = re.compile(r"\b(\w+) (?:eq|ne|gt|ge|lt|le) ")


def _functions(calling: str = "") -> list[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Return the functions whose text has a word."""
    return [
        (path, node)
        for room in ROOMS
        for path in sorted((ROOT / "src" / "funcyard" / room).rglob("*.py"))
        if calling in (text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and calling in ast.dump(node)
    ]


def _texts(node: ast.AST) -> str:
    """Return the texts of a function, one after the other."""
    parts = [
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]
    return " \n ".join(parts)


@pytest.mark.parametrize(
    ("path", "node"),
    _functions("query_entities"),
    ids=lambda value: value.name,
)
def test_every_query_names_a_partition(
    path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> None:
    assert "PartitionKey eq " in _texts(node), path
    assert "list_entities" not in ast.dump(node)


def test_what_is_compared_is_a_key() -> None:
    others = {
        (path.name, node.name): found
        for path, node in _functions()
        if (found := set(_COMPARED.findall(_texts(node))) - _KEYS)
    }
    assert others == _BESIDE
