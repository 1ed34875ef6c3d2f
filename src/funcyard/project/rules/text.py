"""Text of a spec: one line of ordinary characters, so that it can stand in a comment anywhere."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from funcyard.project.findings import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.faults import Path
    from funcyard.project.spec import Spec

LONGEST = 1000
_REFUSED = frozenset({"Cc", "Zl", "Zp"})
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(spec: Spec) -> Iterator[Fault]:
    """No text of a spec breaks a line, hides or reorders characters, or runs on without end."""
    for path, text in _texts(spec.model_dump(), ()):
        if len(text) > LONGEST:
            yield Fault(path, f"{len(text)} characters; it takes {LONGEST} at most")
        if "\n" in text or "\r" in text:
            yield Fault(path, "has a line break", "write it in one line")
        elif refused := next((char for char in text if _is_refused(char)), None):
            yield Fault(path, f"holds the character U+{ord(refused):04X}")


def _texts(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(key, (*path, key))
            yield from _texts(item, (*path, key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))


def _is_refused(character: str) -> bool:
    return unicodedata.category(character) in _REFUSED or character in _REORDERING
