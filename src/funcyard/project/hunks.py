"""Conflicts of a merge, looked at line by line: what both sides changed, and how it is shown.

``git merge-file`` takes changes of neighbouring lines for one conflict. :func:`refined` takes such
a conflict apart: lines that one side changed get that change, lines that both changed remain.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

OURS, BASE, THEIRS = "your edit", "generated before", "generated now"
"""Labels of the conflict markers."""

_SIZE = 7


@dataclass(frozen=True, slots=True)
class Hunk:
    """One place that both sides changed: lines with their ends, of each side and of the base."""

    ours: list[bytes]
    base: list[bytes]
    theirs: list[bytes]

    def marked(self) -> bytes:
        """Return the three sides between conflict markers."""
        return b"".join(
            [
                _marker("<", OURS),
                *_ended(self.ours),
                _marker("|", BASE),
                *_ended(self.base),
                _marker("=", ""),
                *_ended(self.theirs),
                _marker(">", THEIRS),
            ]
        )


@dataclass(frozen=True, slots=True, order=True)
class _Edit:
    """New lines in place of the base's lines ``start`` to ``end``; an insertion where equal."""

    start: int
    end: int
    mine: bool
    lines: tuple[bytes, ...]

    @property
    def inserts(self) -> bool:
        return self.start == self.end

    @property
    def keeps_count(self) -> bool:
        return self.end - self.start == len(self.lines)


def has_markers(content: bytes) -> bool:
    """Tell whether conflict markers of an earlier merge are still in ``content``."""
    wanted = {_marker("<", OURS).strip(), _marker("|", BASE).strip(), _marker(">", THEIRS).strip()}
    return any(line.rstrip() in wanted for line in content.split(b"\n"))


def refined(hunk: Hunk) -> list[bytes | Hunk]:
    """Return the merged text of ``hunk`` with smaller hunks where both sides changed a line.

    An insertion next to lines that the other side changed line for line is no conflict; next to
    lines that the other side removed or replaced by fewer or more, it is: it may belong to them.
    """
    edits = _edits(hunk.base, hunk.ours, mine=True) + _edits(hunk.base, hunk.theirs, mine=False)
    clusters: list[list[_Edit]] = []
    for edit in sorted(edits):
        if clusters and any(_clash(edit, other) for other in clusters[-1]):
            clusters[-1].append(edit)
        else:
            clusters.append([edit])
    pieces: list[bytes | Hunk] = []
    at = 0
    for cluster in clusters:
        start, end = cluster[0].start, max(edit.end for edit in cluster)
        pieces.append(b"".join(hunk.base[at:start]))
        pieces.append(_resolved(hunk.base, start, end, cluster))
        at = end
    pieces.append(b"".join(hunk.base[at:]))
    return pieces


def _edits(base: list[bytes], side: list[bytes], *, mine: bool) -> list[_Edit]:
    """Return how ``side`` differs from ``base``; lines replaced one for one are edits each."""
    matcher = difflib.SequenceMatcher(None, base, side, autojunk=False)
    found = []
    for tag, start, end, low, high in matcher.get_opcodes():
        if tag == "equal":
            continue
        if end - start == high - low:
            found += [
                _Edit(at, at + 1, mine, (line,))
                for at, line in enumerate(side[low:high], start=start)
            ]
        else:
            found.append(_Edit(start, end, mine, tuple(side[low:high])))
    return found


def _clash(one: _Edit, other: _Edit) -> bool:
    if one.mine == other.mine:
        return False
    if one.inserts and other.inserts:
        return one.start == other.start
    if not one.inserts and not other.inserts:
        return one.start < other.end and other.start < one.end
    point, change = (one, other) if one.inserts else (other, one)
    if change.start < point.start < change.end:
        return True
    touches = point.start in (change.start, change.end)
    return touches and not change.keeps_count


def _resolved(base: list[bytes], start: int, end: int, cluster: list[_Edit]) -> bytes | Hunk:
    ours = _applied(base, start, end, [edit for edit in cluster if edit.mine])
    theirs = _applied(base, start, end, [edit for edit in cluster if not edit.mine])
    before = base[start:end]
    if theirs in (before, ours):
        return b"".join(ours)
    if ours == before:
        return b"".join(theirs)
    return Hunk(ours, before, theirs)


def _applied(base: list[bytes], start: int, end: int, edits: list[_Edit]) -> list[bytes]:
    lines: list[bytes] = []
    at = start
    for edit in edits:
        lines += [*base[at : edit.start], *edit.lines]
        at = edit.end
    return lines + base[at:end]


def _marker(sign: str, label: str) -> bytes:
    return f"{sign * _SIZE} {label}".rstrip().encode() + b"\n"


def _ended(lines: list[bytes]) -> list[bytes]:
    return [line if line.endswith(b"\n") else line + b"\n" for line in lines]
