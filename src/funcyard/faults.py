"""What is wrong with files that people write: where, how bad, and told all at once.

Readers of such files share this: their trees say where something stands, their checks yield faults
at paths of a tree, and one error tells every fault, so that a person mends them in one go.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Path = tuple[str | int, ...]
"""Where in a file: keys and indexes, such as ``("function_apps", 0, "port")``."""


class Severity(StrEnum):
    """Whether a finding stops the work."""

    ERROR = "error"
    WARNING = "warning"


class TextFault(Exception):  # noqa: N818 - never reaches a person as it is
    """A text is not what is taken; line and column count from 1."""

    def __init__(self, message: str, line: int, column: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.hint = hint


def dotted(path: Path) -> str:
    """Return ``("function_apps", 0, "port")`` as ``function_apps[0].port``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def all_told(name: str, findings: Sequence[tuple[Severity, str]]) -> str:
    """Return one message of every finding: a line each where there are several, warnings last.

    Args:
        name: Of what holds them all.
        findings: How bad each is, and its line.
    """
    errors = [text for severity, text in findings if severity is Severity.ERROR]
    warnings = [text for severity, text in findings if severity is Severity.WARNING]
    if len(errors) == 1:
        message = errors[0]
    else:
        message = f"{len(errors)} faults in {name}:" + "".join(f"\n  {text}" for text in errors)
    return message + "".join(f"\n  warning: {text}" for text in warnings)
