"""How DTDL names things.

https://azure.github.io/opendigitaltwins-dtdl/DTDL/v2/DTDL.v2.html#digital-twin-model-identifier
"""

from __future__ import annotations

import re
from typing import Final

LONGEST_INTERFACE: Final = 128

_SEGMENT: Final = r"[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?"
_MODEL: Final = re.compile(rf"dtmi:{_SEGMENT}(?::{_SEGMENT})*;[1-9][0-9]{{0,8}}")
_ANY: Final = re.compile(rf"dtmi:_*{_SEGMENT}(?::_*{_SEGMENT})*;[1-9][0-9]{{0,8}}")
_NAME: Final = re.compile(r"[A-Za-z](?:[A-Za-z0-9_]{0,62}[A-Za-z0-9])?")


def is_model(text: object) -> bool:
    """Whether a value is a model identifier that a person may give to an interface."""
    return isinstance(text, str) and len(text) <= LONGEST_INTERFACE and bool(_MODEL.fullmatch(text))


def is_identifier(text: object) -> bool:
    """Whether a value is a model identifier of anything."""
    return isinstance(text, str) and bool(_ANY.fullmatch(text))


def is_name(text: object) -> bool:
    """Whether a value may name a property, relationship, component, field or key."""
    return isinstance(text, str) and bool(_NAME.fullmatch(text))


def without_version(identifier: str) -> tuple[str, int]:
    """Return a model identifier's path and version."""
    path, _, version = identifier.rpartition(";")
    return path, int(version)
