"""One distribution that an app asks for, and everything that it asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.requirements import Requirement as Parsed

_BOUNDS = frozenset({"==", "===", "~=", "<", "<="})


@dataclass(frozen=True, slots=True)
class Requirement:
    """One distribution.

    Attributes:
        name: Its normalized name.
        file: Where it is asked for.
        line: The line there, 1 where only the file is known.
        text: As written.
        bounded: Whether newer releases than some version are shut out.
        parsed: As packaging reads it, None where it is written in another way.
    """

    name: str
    file: Path
    line: int
    text: str
    bounded: bool
    parsed: Parsed | None = None

    def applies(self, version: str) -> bool:
        """Tell whether it is asked for on a Python of that full version."""
        if self.parsed is None or self.parsed.marker is None:
            return True
        minor = ".".join(version.split(".")[:2])
        return self.parsed.marker.evaluate(
            {"python_version": minor, "python_full_version": version, "extra": ""}
        )


@dataclass(slots=True)
class Requirements:
    """All that an app asks for.

    Attributes:
        direct: What a person wrote, or a tool exported, in order.
        locked: Normalized names in lock files.
        files: The files that were read; empty where there are none.
        folders: The folders of local packages, which are installed as they lie there.
        is_whole: Whether nothing else seems to ask for anything, in a form that is not read here.
    """

    direct: list[Requirement] = field(default_factory=list)
    locked: set[str] = field(default_factory=set)
    files: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    is_whole: bool = True

    @property
    def names(self) -> frozenset[str]:
        """The normalized names of what is asked for directly."""
        return frozenset(requirement.name for requirement in self.direct)


def normalized(name: str) -> str:
    """Return a distribution's name as it is compared: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse(text: str) -> Parsed | None:
    """Return a requirement as packaging reads it, None where it is none."""
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415 - keeps --help fast

    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def requirement(text: str, path: Path, line: int) -> Requirement | None:
    """Return the requirement that a text in a file is, None where it is none."""
    parsed = parse(text)
    if parsed is None:
        return None
    bounded = bool(parsed.url) or any(part.operator in _BOUNDS for part in parsed.specifier)
    name = normalized(parsed.name)
    return Requirement(name, path, line, text, bounded=bounded, parsed=parsed)
