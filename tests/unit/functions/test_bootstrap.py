"""The worker's side is loaded without Funcyard, or anything beside it, becoming importable."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import funcyard
from funcyard.functions import bootstrap

SCRIPT = """
import importlib.util, json, sys
before = list(sys.path)
spec = importlib.util.spec_from_file_location("bootstrap", sys.argv[1])
bootstrap = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bootstrap)
loader = bootstrap.load("functions.loader")
again = bootstrap.load("functions.loader")
print(json.dumps({
    "name": loader.__name__,
    "same": loader is again,
    "path_unchanged": sys.path == before,
    "importable": importlib.util.find_spec("funcyard") is not None,
    "public": sorted(n for n in sys.modules if n.partition(".")[0] == "funcyard"),
}))
"""


def test_modules_are_loaded_privately_and_the_path_stays_as_it_was(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")

    # -S: without the environment's packages, as on an app's interpreter.
    ran = subprocess.run(
        [sys.executable, "-P", "-S", script, bootstrap.__file__],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )

    assert json.loads(ran.stdout) == {
        "name": "_funcyard.functions.loader",
        "same": True,
        "path_unchanged": True,
        "importable": False,
        "public": [],
    }


def test_it_runs_a_module_as_a_script(tmp_path: Path) -> None:
    # Descriptor 1: the report goes to standard output. An empty folder has no script.
    ran = subprocess.run(
        [sys.executable, "-P", "-S", bootstrap.__file__, "functions.indexing", "1", "60000"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={},
    )

    loading, _, index = ran.stdout.partition("\n")
    assert loading == "loading"
    assert json.loads(index) == {
        "functions": [],
        "failure": None,
        "missing_script": "function_app.py",
        "legacy": False,
        "broken": [],
        "unread": [],
    }


def test_the_package_is_the_one_that_holds_the_file() -> None:
    assert Path(bootstrap.__file__).is_relative_to(Path(funcyard.__file__).parent)
