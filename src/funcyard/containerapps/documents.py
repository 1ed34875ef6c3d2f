"""JSON as it comes: values at a path, of the type that is wanted, or what stands for none."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Any, Final

Document = dict[str, Any]

_FRACTION: Final = re.compile(r"(\.\d{1,6})\d*")
"""Azure tells of seconds up to seven digits, and Python knows six."""


def at(document: object, *path: str) -> Any:  # noqa: ANN401 - JSON
    """Return what is at a path, None where nothing is."""
    here = document
    for name in path:
        here = here.get(name) if isinstance(here, dict) else None
    return here


def text(document: object, *path: str) -> str:
    """Return the text at a path, empty where there is none."""
    found = at(document, *path)
    return found if isinstance(found, str) else ""


def number(document: object, *path: str) -> int | None:
    """Return the whole number at a path, None where there is none."""
    found = quantity(document, *path)
    return int(found) if found is not None and found == int(found) else None


def quantity(document: object, *path: str) -> float | None:
    """Return the number at a path, None where there is none."""
    found = at(document, *path)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return found if math.isfinite(found) else None


def flag(document: object, *path: str) -> bool | None:
    """Return whether something is so, None where that is not told."""
    found = at(document, *path)
    return found if isinstance(found, bool) else None


def listed(document: object, *path: str) -> list[Document]:
    """Return the documents in a list at a path, none where there is none."""
    found = at(document, *path)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def texts(document: object, *path: str) -> tuple[str, ...]:
    """Return the texts in a list at a path."""
    found = at(document, *path)
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()


def pairs(document: object, *path: str) -> tuple[tuple[str, str], ...]:
    """Return names and texts at a path."""
    found = at(document, *path)
    if not isinstance(found, dict):
        return ()
    return tuple((name, value) for name, value in found.items() if isinstance(value, str))


def moment(document: object, *path: str) -> datetime | None:
    """Return the time at a path, in UTC where it says no zone; None where there is none."""
    return read_moment(text(document, *path))


def read_moment(written: str) -> datetime | None:
    """Return a time that Azure wrote in one of its ways, None where it is none of them."""
    plain = _FRACTION.sub(r"\1", written.removesuffix(" UTC").replace(" +", "+"))
    try:
        found = datetime.fromisoformat(plain)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
