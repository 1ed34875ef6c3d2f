"""A worker process: ``python -P worker/__main__.py FD``, in the app's folder, with its settings.

It indexes and binds the app, tells the host what it found, then runs what the host sends until the
host says stop or is gone. The socket is inherited; nothing secret is in the arguments.
"""

from __future__ import annotations

import sys
from pathlib import Path


def _enter() -> None:
    """Load Funcyard's own files under a private name, then run the worker from there."""
    import importlib.util  # noqa: PLC0415 - the name would shadow the app's modules if kept

    source = Path(__file__).resolve().parents[2] / "functions" / "bootstrap.py"
    spec = importlib.util.spec_from_file_location("_funcyard_bootstrap", source)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{source} cannot be loaded")
    bootstrap = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bootstrap)
    run = bootstrap.load("host.worker.serve")
    run.main(int(sys.argv[1]))


if __name__ == "__main__":
    _enter()
