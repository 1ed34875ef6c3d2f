"""A change of many files as a value: what is to be written, what a journal says of it."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from funcyard.project.manifest import Manifest


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file to be written or deleted.

    Attributes:
        path: Relative to the project.
        content: Its new bytes; None deletes it.
        mode: Its permission bits.
        before: Digest of the bytes that are there now; None where there is no file.
    """

    path: str
    content: bytes | None
    mode: int
    before: str | None


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was done about a change that a killed command had left.

    Attributes:
        completed: Whether it was completed; else it had not begun and was thrown away.
        title: Which command it was; empty where it had not begun.
        left: Files that had changed since and were left as they are.
    """

    completed: bool
    title: str = ""
    left: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it as one sentence for a person."""
        if not self.completed:
            return "threw away what an interrupted command had prepared; nothing had been changed"
        said = f"completed an interrupted `{self.title}`"
        return f"{said}; left as they are: {', '.join(self.left)}" if self.left else said


class Step(BaseModel):
    """One file of an intent: digests of it before and after; after is None when it is deleted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    before: str | None
    after: str | None


class Intent(BaseModel):
    """A whole change as the journal names it; the staged contents lie beside it by number."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    steps: tuple[Step, ...]
    manifest: Manifest | None
