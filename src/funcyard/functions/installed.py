"""What is installed on the Python that runs this, told for the preflight.

Runs on the app's interpreter; standard library only. Distributions that share a top-level module,
as all of ``azure`` or ``google`` do, are told apart by the packages below it.
"""

from __future__ import annotations

import functools
import platform
import sys
from importlib.metadata import distributions, packages_distributions
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from .survey import Interpreter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import Distribution

_CODE = (".py", ".so", ".pyd")
_NAMESPACES = frozenset({"azure", "google"})
"""Of these a module of the top level tells nothing even where one distribution alone is there."""


@functools.cache
def interpreter() -> Interpreter:
    """Return this interpreter with its distributions and the modules that they provide."""
    # Parsed once each; what an interrupted pip left behind has neither a name nor a version.
    found = ((distribution, distribution.metadata) for distribution in distributions())
    named = {told["Name"]: (distribution, told) for distribution, told in found if told["Name"]}
    modules: dict[str, set[str]] = {}
    for top, names in packages_distributions().items():
        modules[top] = {name for name in names if name}
        if len(modules[top]) > 1 or top in _NAMESPACES:
            for name in modules[top] & named.keys():
                for package in _packages_below(top, named[name][0]):
                    modules.setdefault(package, set()).add(name)
    return Interpreter(
        version=platform.python_version(),
        modules={module: tuple(sorted(names)) for module, names in modules.items()},
        distributions={name.lower(): told["Version"] or "" for name, (_, told) in named.items()},
        standard_library=tuple(sorted(sys.stdlib_module_names)),
        requires={
            name.lower(): tuple(told.get_all("Requires-Dist") or ())
            for name, (_, told) in named.items()
        },
    )


def _packages_below(top: str, distribution: Distribution) -> Iterator[str]:
    """Yield the outermost packages of a distribution inside a namespace, dotted."""
    folders = {
        PurePosixPath(file).parent
        for file in distribution.files or ()
        if file.parts[0] == top and len(file.parts) > 2 and file.suffix in _CODE  # noqa: PLR2004 - a module in a package in the namespace
    }
    for folder in folders:
        if folders.isdisjoint(folder.parents):
            yield ".".join(folder.parts)
