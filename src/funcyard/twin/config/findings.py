"""What is wrong with a twin's files: findings at their places, and the error that carries them.

Checks raise nothing: they yield faults at a path of a file. The reader gives each its line and
column, and raises one error with all of them, so that a person mends the folder in one go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.errors import UsageError
from funcyard.faults import Severity, all_told
from funcyard.output import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funcyard.faults import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """What a check found, before its line is known.

    Attributes:
        file: The file's path in the twin's folder.
        path: Where in it; empty for the whole file.
        message: What is wrong.
        hint: What to write instead, where that is known.
        severity: ``error`` or ``warning``.
        offset: At which character of a text the fault lies, counted from 0.
        place: Line and column, where the file is none of the twin's own.
    """

    file: str
    path: Path
    message: str
    hint: str | None = None
    severity: Severity = Severity.ERROR
    offset: int | None = None
    place: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a twin's files, at its place.

    Attributes:
        severity: ``error`` or ``warning``.
        file: The file's path in the twin's folder.
        path: Dotted field, such as ``[0].properties[1].name``; empty for the whole file.
        message: What is wrong.
        line: Line in the file from 1; 0 where it has none to show.
        column: Column in the line from 1, in characters; 0 where there is no line.
        hint: What to write instead, where that is known.
    """

    severity: Severity
    file: str
    path: str
    message: str
    line: int = 0
    column: int = 0
    hint: str | None = None

    @property
    def text(self) -> str:
        """``file:line:column: path: message (hint)`` in one line."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        what = f"{self.path}: {self.message}" if self.path else self.message
        return visible(f"{place}: {what}" + (f" ({self.hint})" if self.hint else ""))


class TwinError(UsageError):
    """A twin's files cannot be read or break rules.

    Attributes:
        findings: Every fault, errors and warnings, file by file and in the order of each.
    """

    code = "bad-twin"

    def __init__(self, folder: str, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        told = [(one.severity, one.text) for one in self.findings]
        super().__init__(all_told(visible(folder), told))

    def as_dict(self) -> dict[str, object]:
        """Return the error as printed by ``--json``, with every finding by itself."""
        return {**super().as_dict(), "findings": list(self.findings)}
