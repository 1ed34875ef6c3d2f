"""What is wrong with a spec: findings with a place in the file, and the error that carries them.

Rules raise nothing: they yield faults at a path of the spec. The reader gives each its line and
column, and raises one error with all of them, so that a person mends the file in one go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.errors import UsageError
from funcyard.faults import Severity, all_told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from funcyard.faults import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule found, before its place in the file is known."""

    path: Path
    message: str
    hint: str | None = None
    severity: Severity = Severity.ERROR


def hinted(path: Path, messages: Sequence[str], hint: str | None) -> Iterator[Fault]:
    """Yield a fault for each message about one value, the last with the hint that mends all."""
    for number, message in enumerate(messages, start=1):
        yield Fault(path, message, hint if number == len(messages) else None)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a spec, at its place.

    Attributes:
        severity: ``error`` or ``warning``.
        path: Dotted field, such as ``function_apps[0].port``; empty for the whole file.
        message: What is wrong.
        line: Line in the file from 1; 0 where the spec has no file.
        column: Column in the line from 1, in characters; 0 where the spec has no file.
        hint: What to write instead, where that is known.
    """

    severity: Severity
    path: str
    message: str
    line: int = 0
    column: int = 0
    hint: str | None = None

    def as_text(self, name: str) -> str:
        """Return ``name:line:column: path: message (hint)`` in one line."""
        place = f"{name}:{self.line}:{self.column}" if self.line else name
        return f"{_printable(place)}: {self.said}"

    @property
    def said(self) -> str:
        """``path: message (hint)`` in one line: the finding without its place."""
        what = f"{self.path}: {self.message}" if self.path else self.message
        return _printable(what + (f" ({self.hint})" if self.hint else ""))


class SpecError(UsageError):
    """A spec cannot be read or breaks rules.

    Attributes:
        name: What the file is called in messages.
        findings: Every fault, errors and warnings, in the order of the file.
    """

    code = "bad-spec"

    def __init__(self, name: str, findings: Sequence[Finding]) -> None:
        self.name = name
        self.findings = tuple(findings)
        told = [(one.severity, one.as_text(name)) for one in self.findings]
        super().__init__(all_told(name, told))

    def as_dict(self) -> dict[str, object]:
        """Return the error as printed by ``--json``, with every finding by itself."""
        return {**super().as_dict(), "findings": list(self.findings)}


def _printable(text: str) -> str:
    """Return text with everything escaped that could steer a terminal or hide in it."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )
