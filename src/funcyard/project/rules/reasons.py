"""Reasons: each names a choice that the spec makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.project.findings import Fault, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.project.spec import Spec


def known(spec: Spec) -> Iterator[Fault]:
    """A reason for something that is not there was left behind, or is misspelt."""
    data = spec.model_dump(exclude={"reasons"})
    for key in spec.reasons:
        if not _leads_somewhere(data, key.split(".")):
            yield Fault(
                ("reasons", key),
                "names nothing in this spec",
                "a field, or its items by name: environment.LOG_LEVEL",
                Severity.WARNING,
            )


def _leads_somewhere(data: object, steps: list[str]) -> bool:
    for step in steps:
        if isinstance(data, dict) and step in data:
            data = data[step]
        elif isinstance(data, (list, tuple)):
            named = [item for item in data if step in _names(item)]
            if not named:
                return False
            data = named[0]
        else:
            return False
    return True


def _names(item: object) -> tuple[object, ...]:
    return (item.get("name"), item.get("source")) if isinstance(item, dict) else (item,)
