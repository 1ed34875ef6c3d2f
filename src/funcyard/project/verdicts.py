"""What becomes of one managed file that is on the disk: pure, from its three sides.

Line ends are set apart first: a file that ends every line as on Windows, though it is generated
with Unix ends, is compared and merged without them and gets them back.
"""

from __future__ import annotations

from dataclasses import dataclass

from funcyard.project.hunks import has_markers
from funcyard.project.merge import is_binary, merge, to_crlf, to_lf, uses_crlf
from funcyard.project.plan import State
from funcyard.project.tree import digest


@dataclass(frozen=True, slots=True)
class Sides:
    """One managed file from all sides.

    Attributes:
        ours: What is on the disk.
        base: What was generated before; None where the text is not known.
        theirs: What is generated now.
        generated: Digest of what was generated before; None where nothing is known to have been.
        beside: A version that an earlier conflict put beside the file, still there.
    """

    ours: bytes
    base: bytes | None
    theirs: bytes
    generated: str | None
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do.

    Attributes:
        state: See :class:`State`.
        content: What the file will hold.
        note: Why, where the state does not say it.
        beside: Whether what is generated now must be put beside the file.
    """

    state: State
    content: bytes
    note: str = ""
    beside: bool = False


def judge(sides: Sides) -> Verdict:
    """Decide what becomes of a file.

    Raises:
        GitMissingError: It must be merged and git is not installed.
        MergeFailedError: ``git merge-file`` failed.
    """
    if uses_crlf(sides.ours) and b"\r" not in sides.theirs:
        base = None if sides.base is None else to_lf(sides.base)
        plain = Sides(to_lf(sides.ours), base, sides.theirs, sides.generated, sides.beside)
        verdict = _judge(plain)
        return Verdict(verdict.state, to_crlf(verdict.content), verdict.note, verdict.beside)
    return _judge(sides)


def _judge(sides: Sides) -> Verdict:
    ours, theirs = sides.ours, sides.theirs
    if ours == theirs:
        return _settled(sides, State.CLEAN)
    if sides.generated == digest(ours) or ours == sides.base:
        return Verdict(State.UPDATED, theirs)
    if sides.generated == digest(theirs) or theirs == sides.base:
        return _settled(sides, State.EDITED)
    return _merged(sides)


def _merged(sides: Sides) -> Verdict:
    ours, theirs = sides.ours, sides.theirs
    if sides.base is None:
        why = (
            "what was generated before is not known" if sides.generated else "it was not generated"
        )
        return Verdict(State.CONFLICT, ours, f"kept as it is: {why}", beside=True)
    if any(map(is_binary, (ours, sides.base, theirs))):
        return Verdict(State.CONFLICT, ours, "kept as it is: not text", beside=True)
    merged = merge(ours, sides.base, theirs)
    if merged.conflicts or has_markers(merged.content):
        places = "1 place" if merged.conflicts == 1 else f"{merged.conflicts} places"
        note = f"marked in {places}" if merged.conflicts else "markers of an earlier conflict"
        return Verdict(State.CONFLICT, merged.content, note)
    return Verdict(State.EDITED if merged.content == ours else State.MERGED, merged.content)


def _settled(sides: Sides, state: State) -> Verdict:
    """Nothing new to merge; an earlier conflict may still be open."""
    if has_markers(sides.ours):
        return Verdict(State.UNRESOLVED, sides.ours, "resolve the marked conflict")
    if sides.beside:
        return Verdict(State.UNRESOLVED, sides.ours, f"merge {sides.beside} by hand and delete it")
    return Verdict(state, sides.ours)
