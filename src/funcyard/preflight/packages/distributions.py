"""Which distribution provides a module: by what is installed, by a table of names, by the name.

Of a namespace such as ``azure`` or ``google`` the top-level name tells nothing, so modules are
looked up by their longest known prefix.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from funcyard.preflight.packages.requirement import normalized

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funcyard.functions.survey import Interpreter
    from funcyard.preflight.packages.imports import Import

_TABLE = Path(__file__).with_name("distributions.json")
NAMESPACES = frozenset({"azure", "azurefunctions", "google", "opentelemetry", "opencensus"})
"""Packages that many distributions share."""
_USUAL_DEPTH = 3
"""azure.mgmt.web.models is a part of azure-mgmt-web."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What provides a module.

    Attributes:
        module: The prefix of the import that was looked up.
        names: Normalized names of distributions that may provide it; the first is the usual one.
        installed: Whether that is seen on the app's interpreter; else it is concluded.
        is_known: Whether that is not only concluded from the module's own name.
    """

    module: str
    names: tuple[str, ...]
    installed: bool
    is_known: bool = True


def provider_of(found: Import, interpreter: Interpreter) -> Provider | None:
    """Return what provides an import, None for the standard library and for a bare namespace."""
    if found.module.partition(".")[0] in interpreter.standard_library:
        return None
    prefixes = tuple(dict.fromkeys(p for name in found.candidates for p in _prefixes(name)))
    for prefix in sorted(prefixes, key=lambda name: -name.count(".")):
        seen = interpreter.modules.get(prefix, ())
        if seen and ("." in prefix or prefix not in NAMESPACES):
            return Provider(prefix, tuple(map(normalized, seen)), installed=True)
        if listed := _table()["modules"].get(prefix):
            return Provider(prefix, tuple(listed), installed=False)
    longest = found.module
    top = longest.partition(".")[0]
    if top not in NAMESPACES:
        return Provider(top, (normalized(top),), installed=False, is_known=False)
    if top == longest and not found.names:
        return None
    usual = ".".join(longest.split(".")[:_USUAL_DEPTH])
    names = (normalized(p.replace(".", "-")) for p in (usual, *prefixes) if "." in p)
    return Provider(longest, tuple(dict.fromkeys(names)), installed=False)


def given_by_the_worker(module: str) -> bool:
    """Tell whether the official worker brings a module along."""
    given: list[str] = _table()["given_by_the_worker"]["modules"]
    return any(module == name or module.startswith(f"{name}.") for name in given)


def part_of_another(names: Iterable[str]) -> bool:
    """Tell whether a distribution is meant to be used through others that require it."""
    return not set(_table()["part_of_another"]["distributions"]).isdisjoint(names)


def _prefixes(module: str) -> Iterator[str]:
    """Yield a dotted name and what it begins with, the longest first."""
    while module:
        yield module
        module = module.rpartition(".")[0]


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return table
