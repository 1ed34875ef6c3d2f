"""Report on many apps through the far sides of index.py: ``reports.py APPS OUTCOMES SIDE…``.

Runs on the interpreter of the judge's environment. Each app is reported on by each side,
``indexing`` or ``surveying``, in a fork of its own, by the very functions that
:mod:`funcyard.functions.index` starts as processes; ``OUTCOMES`` becomes a JSON object by app of
what they wrote.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

HERE = Path(__file__).resolve().parent
BOOTSTRAP = HERE.parents[2] / "src" / "funcyard" / "functions" / "bootstrap.py"
_MILLISECONDS = 60_000


def main(apps: Path, outcomes: Path, *sides: str) -> None:
    """Report on every app."""
    for module in ("azure.functions", *_by_path("side", HERE / "side.py").HEAVY):
        importlib.import_module(module)
    bootstrap = _by_path("bootstrap", BOOTSTRAP)
    bootstrap.load("functions.surveying").interpreter()  # kept, and the same in every fork
    mains = {name: bootstrap.load(f"functions.{name}").main for name in sides}
    gc.freeze()
    found = {
        app.name: {name: _forked(report, app) for name, report in mains.items()}
        for app in sorted(apps.iterdir())
    }
    outcomes.write_text(json.dumps(found), encoding="utf-8")


def _forked(report: Callable[[int, int], None], app: Path) -> list[str]:
    """Return the lines of an app's report; what the app prints is dropped."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        os.chdir(app)
        settings = app / "settings.json"
        if settings.exists():
            os.environ.update(json.loads(settings.read_text(encoding="utf-8")))
        report(writing, _MILLISECONDS)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said.splitlines()


def _by_path(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
