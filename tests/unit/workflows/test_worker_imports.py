"""A worker needs the standard library only, and leaves no folder of ours on the import path."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import funcyard
from funcyard.workflows.worker import main

PACKAGE = Path(funcyard.__file__).parent
ROOM = PACKAGE / "workflows"
WORKER_SIDE = sorted(
    {
        PACKAGE / "__init__.py",
        PACKAGE / "host" / "__init__.py",
        PACKAGE / "host" / "listeners" / "__init__.py",
        PACKAGE / "host" / "listeners" / "ncrontab.py",
        *(ROOM / name for name in ("__init__.py", "declarations.py", "sdk.py", "wire.py")),
        *(ROOM / "worker").rglob("*.py"),
    }
)
OURS = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in WORKER_SIDE}
SCRIPT = """
import importlib.util, json, sys
before = list(sys.path)
spec = importlib.util.spec_from_file_location("main", sys.argv[1])
main = importlib.util.module_from_spec(spec)
spec.loader.exec_module(main)
main.load_package()
import funcyard.workflows.sdk, funcyard.workflows.worker.serve
print(json.dumps([sys.path == before, sorted(
    {name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names)
    - {"__main__", "main", "__mp_main__", "funcyard"})]))
"""


@pytest.mark.parametrize("path", WORKER_SIDE, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_worker_side_imports_the_standard_library_and_itself(path: Path) -> None:
    foreign = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            modules = [
                f"{base}.{alias.name}" for alias in node.names if f"{base}.{alias.name}" in OURS
            ]
            modules = modules or [base]
        else:
            continue
        foreign += [
            module
            for module in modules
            if module.partition(".")[0] not in sys.stdlib_module_names and module not in OURS
        ]

    assert foreign == []


def test_an_interpreter_without_packages_runs_it_and_its_path_stays_as_it_was(
    tmp_path: Path,
) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")

    ran = subprocess.run(
        [sys.executable, "-P", "-S", script, main.__file__],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )

    assert json.loads(ran.stdout) == [True, []]
