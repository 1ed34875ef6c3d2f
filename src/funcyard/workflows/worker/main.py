"""Where a worker process begins: ``python -P -s main.py FD``, FD being the inherited socket.

Funcyard's package is loaded from where this file lies under its own name, without putting its
folder, or what else lies there, on the import path. So ``funcyard.workflows.sdk`` is importable on
any interpreter, and code sees the packages that it brought or that the interpreter has.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[2]


def load_package() -> None:
    """Make ``funcyard`` importable from where it lies, and nothing else.

    Raises:
        ImportError: This file does not lie in the package.
    """
    spec = importlib.util.spec_from_file_location(
        "funcyard", PACKAGE / "__init__.py", submodule_search_locations=[str(PACKAGE)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{PACKAGE} is no Python package")
    package = importlib.util.module_from_spec(spec)
    sys.modules["funcyard"] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    load_package()
    importlib.import_module("funcyard.workflows.worker.serve").main(int(sys.argv[1]))
