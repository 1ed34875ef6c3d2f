"""What a workspace is brought to: a tree of files of one revision, wherever it comes from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

LINK: Final = "a link may lead anywhere, and a share holds none"
"""Why a link is left out."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the tree.

    Attributes:
        path: From the tree's root, ``/`` between names.
        size: In bytes.
        object_id: Names the content: equal for equal content of one repository (Git's blob id).
    """

    path: str
    size: int
    object_id: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something of the tree that is not taken over, and why.

    Attributes:
        path: From the tree's root.
        reason: ``symlink``, ``submodule``, ``lfs``, ``too-large``, ``invalid-path``,
            ``case-collision``, ``reserved``, ``special`` (neither a file nor a folder).
        detail: In words, for a person.
    """

    path: str
    reason: str
    detail: str

    @property
    def is_fault(self) -> bool:
        """Whether it was meant to be taken over and could not: its name clashes or is no path."""
        return self.reason in {"case-collision", "invalid-path"}

    def as_dict(self) -> dict[str, str]:
        """Return the object that the API shows."""
        return {"path": self.path, "reason": self.reason, "detail": self.detail}


def first_of(left_out: Iterable[LeftOut], *, most: int, room: int) -> tuple[LeftOut, ...]:
    """Return as many as there is room for, those that are faults before the others.

    Args:
        left_out: All of them.
        most: How many at most.
        room: How many characters they may take as JSON.
    """
    found = []
    for one in sorted(left_out, key=lambda one: not one.is_fault)[:most]:
        room -= len(json.dumps(one.as_dict()))
        if room < 0:
            break
        found.append(one)
    return tuple(found)


class SourceTree(Protocol):
    """A complete tree that was fetched and verified."""

    revision: str
    """The commit's id, 40 lower-case hexadecimal digits."""

    files: tuple[SourceFile, ...]
    """Sorted by path."""

    left_out: tuple[LeftOut, ...]
    """Sorted by path."""

    def contents(self, object_ids: Iterable[str]) -> AsyncIterator[tuple[str, bytes]]:
        """Yield each object's id and content, in the order asked for."""
        ...
