"""What comes along with what is asked for, by locks and by the metadata of what is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.packages.requirement import normalized, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.requirements import Requirement as Parsed

    from funcyard.functions.survey import Interpreter
    from funcyard.preflight.packages.requirement import Requirements


def comes_along(requirements: Requirements, interpreter: Interpreter) -> frozenset[str]:
    """Return normalized names of what is locked or required by what is asked for directly."""
    required: dict[str, tuple[str, ...]] = {
        normalized(name): told for name, told in interpreter.requires.items()
    }
    reached: set[str] = set()
    waiting: list[tuple[str, frozenset[str]]] = [
        (asked.name, frozenset(asked.parsed.extras if asked.parsed else ()))
        for asked in requirements.direct
    ]
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        for told in _applying(required.get(name, ()), extras, interpreter.version):
            further: tuple[str, frozenset[str]]
            further = (normalized(told.name), frozenset(told.extras))
            reached.add(further[0])
            if further not in seen:
                seen.add(further)
                waiting.append(further)
    return frozenset(reached | requirements.locked) - requirements.names


def _applying(texts: tuple[str, ...], extras: frozenset[str], version: str) -> Iterator[Parsed]:
    minor = ".".join(version.split(".")[:2])
    for text in texts:
        told = parse(text)
        if told is None:
            continue
        environments = (
            {"python_version": minor, "python_full_version": version, "extra": extra}
            for extra in ("", *extras)
        )
        if told.marker is None or any(told.marker.evaluate(each) for each in environments):
            yield told
