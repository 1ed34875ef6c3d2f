"""Load Funcyard's own modules in the interpreter of an app, leaving no trace on its import path.

The package's files are imported under the private name ``_funcyard`` from where they lie. The
folder that holds them, with all of Funcyard's dependencies, is never put on ``sys.path``, so the
app sees its own packages and nothing else (docs/decisions/0002).

A script that knows this file's path loads it and calls :func:`load`; or it runs as a script itself,
``python -P bootstrap.py MODULE [NUMBER]…``, and calls that module's ``main`` with the numbers.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

_NAME = "_funcyard"
_PACKAGE = Path(__file__).parents[1]


def load(module: str) -> ModuleType:
    """Import one of Funcyard's modules, named relative to the package: ``functions.loader``.

    Raises:
        ImportError: There is no such module, or it imports what this interpreter has not.
    """
    if _NAME not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            _NAME, _PACKAGE / "__init__.py", submodule_search_locations=[str(_PACKAGE)]
        )
        if spec is None or spec.loader is None:
            raise ImportError(f"{_PACKAGE} is no Python package")
        package = importlib.util.module_from_spec(spec)
        sys.modules[_NAME] = package
        spec.loader.exec_module(package)
    return importlib.import_module(f"{_NAME}.{module}")


if __name__ == "__main__":
    load(sys.argv[1]).main(*map(int, sys.argv[2:]))
