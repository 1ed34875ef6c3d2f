"""Reasons: each names a choice that the spec makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.faults import Severity
from funcyard.project.findings import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.project.spec import Spec

_NAMES = ("name", "source", "target")
"""Fields by which the item of a list is named; a volume has the last two."""


def known(spec: Spec) -> Iterator[Fault]:
    """A reason for something that is not there was left behind, or is misspelt."""
    data = spec.model_dump(exclude={"reasons"})
    for key in spec.reasons:
        if not _leads_somewhere(data, key):
            yield Fault(
                ("reasons", key),
                "names nothing in this spec",
                "a field, or its items by name: environment.LOG_LEVEL",
                Severity.WARNING,
            )


def _leads_somewhere(data: object, key: str) -> bool:
    """Whether a key, its steps parted by dots, leads to something; names may hold dots too."""
    for name, inner in _named(data):
        if key == name:
            return True
        if key.startswith(f"{name}.") and _leads_somewhere(inner, key.removeprefix(f"{name}.")):
            return True
    return False


def _named(data: object) -> Iterator[tuple[str, object]]:
    """Yield what lies in a mapping or a list, by each name that it goes by."""
    if isinstance(data, dict):
        yield from data.items()
    elif isinstance(data, (list, tuple)):
        for item in data:
            names = [item.get(field) for field in _NAMES] if isinstance(item, dict) else [item]
            yield from ((name, item) for name in names if isinstance(name, str))
