"""Three-way merge of lines of which the base is known only by its digests.

Beside each region that Funcyard writes stands the digest of every line it wrote. That is enough to
tell a person's lines from Funcyard's, and deletions too, without keeping a second copy of the text:
``base`` (digests), ``current`` (the lines on the disk) and ``wanted`` (the lines to write now) give
lines in which every line a person wrote is still there.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEX_DIGITS = 8


def digest(line: str) -> str:
    """Return eight hexadecimal digits of a line; white space at its end does not count."""
    return hashlib.sha256(line.rstrip().encode()).hexdigest()[:_HEX_DIGITS]


def digests(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the digest of each line."""
    return tuple(map(digest, lines))


def own_lines(base: Sequence[str], current: Sequence[str]) -> list[str]:
    """Return the lines that a person wrote: those whose digest Funcyard did not leave."""
    left = set(base)
    return [line for line in current if line.strip() and digest(line) not in left]


def weave(base: Sequence[str], current: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Merge what a person and Funcyard did since ``base``.

    Where only one of them changed lines, that side is taken, deletions included. Where both did,
    the person's own lines come first, then Funcyard's, and Funcyard's older lines go.
    """
    present, coming = digests(current), digests(wanted)
    if present == tuple(base):
        return list(wanted)
    if coming == tuple(base):
        return list(current)
    merged: list[str] = []
    for b, c, w in _chunks(base, present, coming):
        if coming[w] == tuple(base[b]):
            merged.extend(current[c])
        elif present[c] in (tuple(base[b]), coming[w]):
            merged.extend(wanted[w])
        else:
            superseded = {*base[b], *coming[w]}
            merged.extend(
                line for line in current[c] if line.strip() and digest(line) not in superseded
            )
            merged.extend(wanted[w])
    return merged


def _chunks(
    base: Sequence[str], present: Sequence[str], coming: Sequence[str]
) -> Iterator[tuple[slice, slice, slice]]:
    """Yield runs of lines, alternating between what all three share and what they do not."""
    in_present, in_coming = _matches(base, present), _matches(base, coming)
    b = c = w = 0
    for shared in range(len(base)):
        if shared not in in_present or shared not in in_coming:
            continue
        to_c, to_w = in_present[shared], in_coming[shared]
        yield slice(b, shared), slice(c, to_c), slice(w, to_w)
        yield slice(shared, shared + 1), slice(to_c, to_c + 1), slice(to_w, to_w + 1)
        b, c, w = shared + 1, to_c + 1, to_w + 1
    yield slice(b, len(base)), slice(c, len(present)), slice(w, len(coming))


def _matches(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """Return which line of ``base`` is which line of ``other``.

    Lines that occur once on both sides, such as headings, are matched first, and the others only
    between them (patience diff): the entries of a list share most of their lines, and one entry's
    are not another's.
    """
    found: dict[int, int] = {}
    begin = (0, 0)
    for anchor in [*_anchors(base, other), (len(base), len(other))]:
        found |= _similar(base, other, begin, anchor)
        found[anchor[0]] = anchor[1]
        begin = (anchor[0] + 1, anchor[1] + 1)
    del found[len(base)]
    return found


def _anchors(base: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Return the longest run, in the order of both sides, of lines that occur once on each."""
    counted_base, counted_other = Counter(base), Counter(other)
    pairs = [
        (place, other.index(line))
        for place, line in enumerate(base)
        if counted_base[line] == counted_other[line] == 1
    ]
    best: list[list[tuple[int, int]]] = []  # by length: the run that ends earliest in other
    for pair in pairs:
        at = bisect_left([run[-1][1] for run in best], pair[1])
        best[at : at + 1] = [[*(best[at - 1] if at else []), pair]]
    return best[-1] if best else []


def _similar(
    base: Sequence[str], other: Sequence[str], begin: tuple[int, int], end: tuple[int, int]
) -> dict[int, int]:
    matcher = SequenceMatcher(
        None, base[begin[0] : end[0]], other[begin[1] : end[1]], autojunk=False
    )
    return {
        begin[0] + block.a + offset: begin[1] + block.b + offset
        for block in matcher.get_matching_blocks()
        for offset in range(block.size)
    }
