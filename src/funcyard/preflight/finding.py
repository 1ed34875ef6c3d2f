"""What a rule found: one fault at one place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How bad a finding is."""

    ERROR = "error"
    """Functions will not be found, or the revision will not start."""
    WARNING = "warning"
    """It will fail later, or sometimes."""
    NOTE = "note"
    """Worth knowing."""

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault.

    Attributes:
        rule: Id of the rule that found it.
        severity: How bad it is here.
        file: Where, relative to the checked folder with forward slashes; empty for no file.
        line: From 1; 0 where no line is known.
        message: What is wrong, in one sentence that names the app or function it harms.
        evidence: What it was seen by: the line's text, the worker's own words.
        next: What to do: a command, or the text to write instead.
    """

    rule: str
    severity: Severity
    file: str
    line: int
    message: str
    evidence: str = ""
    next: str = ""
