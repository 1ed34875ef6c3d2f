"""Modules of Microsoft's public registry whose documented parameters are known.

Each is described by a Bicep file of this folder, which is read like any other: what somebody gives
to the module keeps its place, and what the module adds is where it is deployed.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from funcyard.preflight.infrastructure.bicep import read_bicep

if TYPE_CHECKING:
    from funcyard.preflight.infrastructure.syntax import Template

_KNOWN = re.compile(
    r"br(?:/public:|:mcr\.microsoft\.com/bicep/)"
    r"(?P<path>avm/res/(?:app/(?:container-app|managed-environment)|web/(?:serverfarm|site)))"
    r":[\w.-]+"
)


def is_in_registry(source: str) -> bool:
    """Whether a module is one of a registry, or a template spec, rather than a file."""
    return ":" in source


def known_module(source: str) -> Template | None:
    """Return what is known of a module of a registry, None for nothing."""
    match = _KNOWN.fullmatch(source)
    return _read(match["path"]) if match else None


@cache
def _read(path: str) -> Template:
    name = path.rpartition("/")[2]
    text = resources.files(__name__).joinpath(f"{name}.bicep").read_text("utf-8")
    return read_bicep(text, path)
